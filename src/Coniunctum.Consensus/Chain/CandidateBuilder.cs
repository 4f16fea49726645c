using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>Builds the block that a node would like to be next: the reward first, then what pays best and is valid in that order.</summary>
internal static class CandidateBuilder
{
    // Where a format writes a transaction's position, the number may take four bytes more than at position 0.
    private const int PositionBytes = 4;

    // When so many in a row are too large for what is left, hardly any of the rest is not (Bitcoin Core's limit).
    private const int MaxMisses = 1_000;

    public static BlockDraft Build(
        ChainProfile profile, IConsensusRule rule, BlockNode tip, IAncestors ancestors, LedgerState state,
        IEnumerable<HashedTransaction> pool, Address receiver, Timestamp now, BlockId chainId)
    {
        bool extended = profile.Format.Traits.HasExtendedHeader;
        var header = new HeaderDraft(tip.Height + 1) { Timestamp = extended ? now : default };
        rule.Prepare(ref header, ancestors, tip.RuleState);

        var overlay = new StateOverlay(state);
        Hash256 historyRoot = overlay.HistoryRoot;
        var execution = new BlockExecution(profile, overlay);
        var transactions = new List<Transaction>();
        Transaction? reward = null;
        if (profile.Format.Traits.RewardAppliesFirst) reward = ApplyReward(profile, execution, receiver, chainId);

        int room = profile.Limits.MaxBlockBytes - LedgerLimits.BlockOverheadBytes;
        int misses = 0;
        bool mayCall = true;
        foreach (HashedTransaction transaction in pool)
        {
            if (room < LedgerLimits.MinTransactionBytes) break;
            int size = transaction.Size + PositionBytes;
            if (room < size)
            {
                if (++misses == MaxMisses) break;
                continue;
            }

            // A call that exceeds the block's work has run all the same: one is enough.
            bool isCall = !transaction.Transaction.Payload.IsEmpty;
            if (isCall && !mayCall) continue;
            Verdict verdict = execution.TryApply(transaction.Transaction);
            if (verdict.Rule == BlockRule.WorkExceeded) mayCall = false;
            if (!verdict.IsValid) continue;
            transactions.Add(transaction.Transaction);
            room -= size;
            misses = 0;
        }

        reward ??= ApplyReward(profile, execution, receiver, chainId);
        execution.Complete(default, Work.Zero);
        var block = new BlockHeader
        {
            Ruleset = profile.RulesetAt(header.Height),
            Height = header.Height,
            Nonce = header.Nonce,
            Previous = tip.Id,
            MerkleRoot = default,
            Target = header.Target,
            Timestamp = header.Timestamp,
            StateRoot = extended ? overlay.StateRoot : default,
            HistoryRoot = extended ? historyRoot : default,
        };
        return new BlockDraft(chainId, profile.Format, block, [reward, .. transactions]);
    }

    /// <summary>
    /// Makes the reward. Its tag holds the height, then bytes that differ from block to block and from chain to chain even
    /// where tags never expire; the last eight are left to the search.
    /// </summary>
    private static Transaction ApplyReward(ChainProfile profile, BlockExecution execution, Address receiver, BlockId chainId)
    {
        Span<byte> tag = stackalloc byte[Hash256.Size];
        tag.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(tag, execution.Height);
        receiver.Value.AsSpan()[..16].CopyTo(tag[8..]);
        var reward = new Transaction
        {
            Tag = new TransactionTag(new Hash256(tag)),
            Sender = Address.Root,
            Receiver = receiver,
            Amount = execution.RewardAmount,
            Signature = new byte[profile.Signatures.SignatureSize],
        };
        Verdict verdict = execution.TryApplyReward(reward);
        return verdict.IsValid
            ? reward
            : throw new InvalidOperationException($"No reward is possible in the block after height {execution.Height - 1} of chain {chainId}: {verdict}.");
    }
}
