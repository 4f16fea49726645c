using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Internal;

/// <summary>
/// What a block does to the state at the tip, found before it is known whether the block will follow: that of a candidate, whose
/// header is not complete yet, or of a proposal. When the block is adopted, it need not be executed again.
/// </summary>
/// <remarks>
/// What executing a block does depends on its parent and its transactions alone: height and ruleset follow from the parent, and
/// neither time, nonce, seal nor certificate reach the state. The parent is the tip of the overlay, which must be the block's. A
/// header's roots are the block's own, and are compared for each.
/// </remarks>
public sealed class PreparedBlock
{
    private readonly BlockId _parent;
    private readonly StateOverlay _state;
    private readonly Hash256 _historyRoot;

    /// <summary>Keeps what was found.</summary>
    /// <param name="parent">The tip's block, after which the overlay began.</param>
    /// <param name="transactions">The transactions, the reward first; they were done in this order, and found valid.</param>
    /// <param name="state">The state after the block, which must be the overlay's only one; from now on this object's.</param>
    public PreparedBlock(BlockId parent, IReadOnlyList<Transaction> transactions, StateOverlay state)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        ArgumentNullException.ThrowIfNull(state);
        (_parent, Transactions, _state, _historyRoot) = (parent, transactions, state, state.OnlyBlock.Before.History.Root);
    }

    /// <summary>The transactions, the reward first.</summary>
    public IReadOnlyList<Transaction> Transactions { get; }

    /// <summary>The root of the state after the block, where the format has one.</summary>
    public Hash256 StateRoot => _state.StateRoot;

    /// <summary>
    /// Returns whether this is what a block does: the parent and every field of every transaction are the same, signatures included.
    /// The reward may have another tag, which a search varies, unless that one is used.
    /// </summary>
    /// <param name="block">A block that <see cref="BlockRules.CheckBody"/> accepted, so that its reward is one.</param>
    public bool IsOf(HashedBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        IReadOnlyList<Transaction> others = block.Block.Transactions;
        if (block.Header.Previous != _parent || others.Count != Transactions.Count) return false;
        for (int i = 0; i < others.Count; i++)
        {
            if (!AreSame(Transactions[i], others[i], isReward: i == 0)) return false;
        }

        return !HasOtherTag(others[0]) || !_state.IsTagUsed(Address.Root, others[0].Tag);
    }

    /// <summary>Compares a header's roots with what was found (rules 16 and 17).</summary>
    /// <param name="header">The header of a block that this is what it does.</param>
    public Verdict CheckRoots(BlockHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        Verdict history = BlockRules.CheckHistoryRoot(header, _historyRoot, _state.Traits);
        return history.IsValid ? BlockRules.CheckStateRoot(header, _state.StateRoot, _state.Traits) : history;
    }

    /// <summary>Returns the state after the block, and what it changes, once its identity is known.</summary>
    /// <param name="block">The block; this is what it does.</param>
    /// <param name="work">Its weight.</param>
    /// <param name="delta">What it changes.</param>
    /// <returns>The overlay, which is the caller's from now on.</returns>
    public StateOverlay Complete(HashedBlock block, in Work work, out StateDelta delta)
    {
        ArgumentNullException.ThrowIfNull(block);
        Transaction reward = block.Block.Transactions[0];
        if (HasOtherTag(reward)) _state.ReplaceTag(Address.Root, Transactions[0].Tag, reward.Tag);
        delta = _state.NameBlock(block.Id, work);
        return _state;
    }

    /// <summary>Whether a reward's tag is not the one that was used here, and is remembered: where tags expire, it never reaches the state.</summary>
    private bool HasOtherTag(Transaction reward) => !_state.Traits.TagsExpire && reward.Tag != Transactions[0].Tag;

    private static bool AreSame(Transaction one, Transaction other, bool isReward) =>
        ReferenceEquals(one, other)
        || ((one.Tag == other.Tag || isReward)
            && one.Sender == other.Sender && one.Receiver == other.Receiver && one.Amount == other.Amount && one.Fee == other.Fee
            && one.Payload.Span.SequenceEqual(other.Payload.Span) && one.Signature.Span.SequenceEqual(other.Signature.Span));
}
