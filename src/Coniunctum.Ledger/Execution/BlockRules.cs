using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Execution;

/// <summary>The rules of a whole block that do not depend on the consensus rule, cheap ones first.</summary>
public static class BlockRules
{
    /// <summary>
    /// Checks a header's place behind its parent: height and ruleset (rules 5 and 15). What the consensus rule says of it is
    /// another question.
    /// </summary>
    /// <param name="header">The header.</param>
    /// <param name="parent">Its parent's header.</param>
    /// <param name="profile">The chain's profile.</param>
    public static Verdict CheckPlace(BlockHeader header, BlockHeader parent, ChainProfile profile)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(profile);
        Verdict height = CheckHeight(header.Height, parent.Height);
        if (!height.IsValid) return height;
        ushort ruleset = profile.RulesetAt(header.Height);
        return header.Ruleset == ruleset
            ? Verdict.Valid
            : Verdict.Invalid(BlockRule.RulesetWrong, (ulong)header.Ruleset, (ulong)ruleset);
    }

    /// <summary>Checks that a height is the one behind its parent's (rule 5). Behind the last one, 2⁶⁴ − 1, there is none.</summary>
    /// <param name="height">The header's height.</param>
    /// <param name="parent">Its parent's.</param>
    public static Verdict CheckHeight(ulong height, ulong parent)
    {
        if (parent == ulong.MaxValue) return Verdict.Invalid(BlockRule.HeightWrong, height, "no block behind height 2^64-1");
        return height == parent + 1 ? Verdict.Valid : Verdict.Invalid(BlockRule.HeightWrong, height, parent + 1);
    }

    /// <summary>
    /// Checks that a body is the header's: sizes and the Merkle root (rules 4, 12 and 18, and the size of 26). This holds under
    /// every ruleset.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="profile">The chain's profile.</param>
    public static Verdict CheckIntegrity(HashedBlock block, ChainProfile profile)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(profile);
        if (block.Size > profile.Limits.MaxBlockBytes)
            return Verdict.Invalid(BlockRule.BlockTooLarge, (ulong)block.Size, (ulong)profile.Limits.MaxBlockBytes);
        if (block.Block.Seal.Length > profile.Limits.MaxSealBytes)
            return Verdict.Invalid(BlockRule.SealInvalid, (ulong)block.Block.Seal.Length, (ulong)profile.Limits.MaxSealBytes);
        if (block.Transactions.Count == 0)
            return Verdict.Invalid(BlockRule.Empty, 0, "at least one transaction");
        if (block.ComputedMerkleRoot != block.Header.MerkleRoot)
            return Verdict.Invalid(BlockRule.MerkleRootMismatch, block.Header.MerkleRoot, block.ComputedMerkleRoot);
        return block.IsMutated
            ? Verdict.Invalid(BlockRule.MerkleRootMismatch, "a mutated list", "a list without repeated subtrees")
            : Verdict.Valid;
    }

    /// <summary>
    /// Checks what a body shows by itself: that it is the header's, the reward's place and form, and every transaction alone
    /// (rules 4, 9, 11, 12, 18, 19, 21, 23 and 24).
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="profile">The chain's profile.</param>
    public static Verdict CheckBody(HashedBlock block, ChainProfile profile)
    {
        Verdict integrity = CheckIntegrity(block, profile);
        if (!integrity.IsValid) return integrity;
        Verdict reward = CheckReward(block.Transactions[0], profile, block.Header.Height);
        if (!reward.IsValid) return reward.At(0);
        for (int i = 1; i < block.Transactions.Count; i++)
        {
            Verdict verdict = TransactionRules.CheckAlone(block.Transactions[i], profile);
            if (!verdict.IsValid) return verdict.At(i);
        }

        return Verdict.Valid;
    }

    /// <summary>
    /// Does the block on the state of its parent, and compares the header's roots (rules 7, 8, 10, 16, 17, 20, 22 and 25).
    /// The signatures must have been checked; a block that is refused leaves the overlay as it was.
    /// </summary>
    /// <param name="block">A block that <see cref="CheckBody"/> accepted.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="state">The state of the parent; afterwards that of the block, if it is valid.</param>
    /// <param name="work">The block's weight.</param>
    /// <param name="delta">What the block changes, or <c>null</c>.</param>
    public static Verdict Execute(HashedBlock block, ChainProfile profile, StateOverlay state, in Work work, out StateDelta? delta)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(state);
        delta = null;
        FormatTraits traits = profile.Format.Traits;
        Verdict verdict = CheckHistoryRoot(block.Header, state.HistoryRoot, traits);
        if (!verdict.IsValid) return verdict;

        var execution = new BlockExecution(profile, state);
        execution.Expect(block.Transactions);
        verdict = ApplyAll(block, profile, execution);
        if (!verdict.IsValid)
        {
            execution.Drop();
            return verdict;
        }

        StateDelta done = execution.Complete(block.Id, work);
        verdict = CheckStateRoot(block.Header, state.StateRoot, traits);
        if (verdict.IsValid)
            delta = done;
        else
            state.Apply(done.Reverse());
        return verdict;
    }

    /// <summary>Compares a header's history root with that of the state before its block (rule 17), where the format has one.</summary>
    internal static Verdict CheckHistoryRoot(BlockHeader header, in Hash256 root, FormatTraits traits) =>
        traits.HasExtendedHeader && header.HistoryRoot != root
            ? Verdict.Invalid(BlockRule.HistoryRootMismatch, header.HistoryRoot, root)
            : Verdict.Valid;

    /// <summary>Compares a header's state root with that of the state after its block (rule 16), where the format has one.</summary>
    internal static Verdict CheckStateRoot(BlockHeader header, in Hash256 root, FormatTraits traits) =>
        traits.HasExtendedHeader && header.StateRoot != root
            ? Verdict.Invalid(BlockRule.StateRootMismatch, header.StateRoot, root)
            : Verdict.Valid;

    private static Verdict ApplyAll(HashedBlock block, ChainProfile profile, BlockExecution execution)
    {
        bool rewardFirst = profile.Format.Traits.RewardAppliesFirst;
        Transaction reward = block.Transactions[0].Transaction;
        Verdict verdict = rewardFirst ? execution.ApplyReward(reward) : Verdict.Valid;
        if (!verdict.IsValid) return verdict.At(0);
        for (int i = 1; i < block.Transactions.Count; i++)
        {
            verdict = execution.Apply(block.Transactions[i].Transaction);
            if (!verdict.IsValid) return verdict.At(i);
        }

        if (!rewardFirst) verdict = execution.ApplyReward(reward);
        return verdict.IsValid ? Verdict.Valid : verdict.At(0);
    }

    private static Verdict CheckReward(HashedTransaction transaction, ChainProfile profile, ulong height)
    {
        Transaction reward = transaction.Transaction;
        if (!reward.IsFromRoot)
            return Verdict.Invalid(BlockRule.RewardMisplaced, reward.Sender.Value, "a reward from root in the first place");
        if (reward.Receiver == Address.Root)
            return Verdict.Invalid(BlockRule.PaidToRoot, reward.Receiver.Value, "a receiver other than root");
        if (reward.Fee != 0 || reward.Payload.Length != 0)
            return Verdict.Invalid(BlockRule.RewardMalformed, "a fee or a payload", "neither");
        if (reward.Signature.Length != profile.Signatures.SignatureSize || reward.Signature.Span.ContainsAnyExcept((byte)0))
            return Verdict.Invalid(BlockRule.RewardMalformed, "a signature", Invariant($"{profile.Signatures.SignatureSize} zero bytes"));
        if (profile.Format.Traits.TagsExpire && reward.Tag.ValidUntil != height)
            return Verdict.Invalid(BlockRule.RewardMalformed, reward.Tag.ValidUntil, height);
        return Verdict.Valid;
    }
}
