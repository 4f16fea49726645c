using System.Buffers.Binary;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>Builds the block that a node would like to be next: the reward first, then what pays best and is valid in that order.</summary>
internal sealed class CandidateBuilder(ChainProfile profile, IConsensusRule rule, BlockId chainId, PreparedBlocks prepared)
{
    // Where a format writes a transaction's position, the number may take four bytes more than at position 0.
    private const int PositionBytes = 4;

    // When so many in a row are too large for what is left, hardly any of the rest is not (Bitcoin Core's limit).
    private const int MaxMisses = 1_000;

    // Extra nonces that are drawn are hardly ever taken; those of a source that repeats itself are, as many as it has made blocks.
    private const int MaxTaken = 4_096;

    /// <summary>Builds a candidate on the tip; what it does is kept, so that it need not be executed when it is adopted.</summary>
    /// <param name="prepare">Who gets the reward, and where its tag begins.</param>
    /// <param name="tip">The tip.</param>
    /// <param name="ancestors">The candidate's ancestors.</param>
    /// <param name="state">The state after the tip.</param>
    /// <param name="pool">Transactions to choose from, the best paying first.</param>
    /// <param name="now">The producer's time.</param>
    /// <param name="draft">The candidate, or <c>null</c>.</param>
    /// <returns>Valid, or why no block can be built.</returns>
    public Verdict Build(
        ProducerEffect.Prepare prepare, BlockNode tip, IAncestors ancestors, LedgerState state, Mempool pool, Timestamp now, out BlockDraft? draft)
    {
        draft = null;
        bool extended = profile.Format.Traits.HasExtendedHeader;
        var header = new HeaderDraft(tip.Height + 1) { Timestamp = extended ? now : default };
        rule.Prepare(ref header, ancestors, tip.RuleState);

        // A block that every receiver would defer is not worth its proof.
        Verdict time = extended && rule.FutureAllowanceAt(header.Height) is { } allowance
            ? MedianTime.CheckFuture(header.Timestamp, now, allowance)
            : Verdict.Valid;
        if (!time.IsValid) return time;

        // Where nothing has come since, only the reward's tag and the time are new.
        PreparedBlock? body = prepared.FindCandidate(prepare.Receiver, pool.Arrivals);
        Transaction? reward = body is null ? null : Renew(body.Transactions[0], prepare, state);
        if (body is null || reward is null)
        {
            Verdict chosen = Choose(prepare, tip, state, pool, out body);
            if (body is null) return chosen;
            reward = body.Transactions[0];
        }

        var block = new BlockHeader
        {
            Ruleset = profile.RulesetAt(header.Height),
            Height = header.Height,
            Nonce = header.Nonce,
            Previous = tip.Id,
            MerkleRoot = default,
            Target = header.Target,
            Timestamp = header.Timestamp,
            StateRoot = extended ? body.StateRoot : default,
            HistoryRoot = extended ? state.HistoryRoot : default,
        };
        draft = new BlockDraft(chainId, profile.Format, block, [reward, .. body.Transactions.Skip(1)]) { EarliestTimestamp = header.EarliestTimestamp ?? header.Timestamp };
        return Verdict.Valid;
    }

    /// <summary>Chooses transactions, and executes them.</summary>
    private Verdict Choose(ProducerEffect.Prepare prepare, BlockNode tip, LedgerState state, Mempool pool, out PreparedBlock? body)
    {
        body = null;
        var overlay = new StateOverlay(state);
        var execution = new BlockExecution(profile, overlay);
        var transactions = new List<Transaction>();
        Transaction? reward = null;
        Verdict rewarded = profile.Format.Traits.RewardAppliesFirst ? TryReward(execution, prepare, out reward) : Verdict.Valid;
        if (!rewarded.IsValid) return rewarded;

        int room = profile.Limits.MaxBlockBytes - LedgerLimits.BlockOverheadBytes;
        int misses = 0;
        bool mayCall = true;
        foreach (PoolEntry entry in pool.InOrder)
        {
            if (room < LedgerLimits.MinTransactionBytes) break;
            int size = entry.Size + PositionBytes;
            if (room < size)
            {
                if (++misses == MaxMisses) break;
                continue;
            }

            // A call that exceeds the block's work has run all the same: one is enough.
            bool isCall = !entry.Body.Payload.IsEmpty;
            if (isCall && !mayCall) continue;
            Verdict verdict = execution.Apply(entry.Body);
            if (verdict.Rule == BlockRule.WorkExceeded) mayCall = false;
            if (!verdict.IsValid) continue;
            transactions.Add(entry.Body);
            room -= size;
            misses = 0;
        }

        if (reward is null) rewarded = TryReward(execution, prepare, out reward);
        if (reward is null) return rewarded;
        execution.Complete(default, Work.Zero);
        body = prepared.Keep(tip.Id, [reward, .. transactions], overlay, pool.Arrivals);
        return Verdict.Valid;
    }

    /// <summary>
    /// Makes the reward. Its tag holds the height, and behind it an extra nonce that no one can know beforehand: where tags never
    /// expire, one that root has used is used up, whoever was paid with it. One that is taken gives way to the next.
    /// </summary>
    private Verdict TryReward(BlockExecution execution, ProducerEffect.Prepare prepare, out Transaction? reward)
    {
        Span<byte> tag = stackalloc byte[Hash256.Size];
        WriteTag(tag, execution.Height, prepare);
        Verdict verdict = default;
        for (int taken = 0; taken < MaxTaken; taken++)
        {
            reward = RewardOf(prepare.Receiver, execution.RewardAmount, tag);
            verdict = execution.ApplyReward(reward);
            if (verdict.IsValid) return verdict;
            if (verdict.Rule != BlockRule.TagReused) break;
            MoveTag(tag);
        }

        reward = null;
        return verdict;
    }

    /// <summary>Returns a reward with a tag of its own, as <see cref="TryReward"/> makes them; <c>null</c> when all are taken.</summary>
    private Transaction? Renew(Transaction reward, ProducerEffect.Prepare prepare, LedgerState state)
    {
        Span<byte> tag = stackalloc byte[Hash256.Size];
        WriteTag(tag, state.Height + 1, prepare);
        for (int taken = 0; taken < MaxTaken; taken++)
        {
            Transaction renewed = RewardOf(reward.Receiver, reward.Amount, tag);
            if (profile.Format.Traits.TagsExpire || !state.IsTagUsed(Address.Root, renewed.Tag)) return renewed;
            MoveTag(tag);
        }

        return null;
    }

    private Transaction RewardOf(Address receiver, ulong amount, ReadOnlySpan<byte> tag) => new()
    {
        Tag = new TransactionTag(new Hash256(tag)),
        Sender = Address.Root,
        Receiver = receiver,
        Amount = amount,
        Signature = new byte[profile.Signatures.SignatureSize],
    };

    private static void WriteTag(Span<byte> tag, ulong height, ProducerEffect.Prepare prepare)
    {
        BinaryPrimitives.WriteUInt64BigEndian(tag, height);
        prepare.ExtraNonce.AsSpan()[..^sizeof(ulong)].CopyTo(tag[sizeof(ulong)..]);
    }

    private static void MoveTag(Span<byte> tag)
    {
        Span<byte> last = tag[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(last, unchecked(BinaryPrimitives.ReadUInt64BigEndian(last) + 1));
    }
}
