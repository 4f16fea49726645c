using System.Buffers.Binary;
using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Rules;

/// <summary>
/// Proof-of-work with a target that never changes (the first paper's): a header's digest must be less than the target, and
/// the chain of most work wins. A constant target protects little history: whoever has more machines later can rewrite it.
/// </summary>
public sealed class ProofOfWork : ConsensusSpec
{
    /// <summary>Sets the target.</summary>
    /// <param name="target">What every digest must be less than; at least 1.</param>
    /// <exception cref="ArgumentException"><paramref name="target"/> is zero, which no digest is less than.</exception>
    public ProofOfWork(Hash256 target)
    {
        if (target.IsZero) throw new ArgumentException("The target must be at least 1: no digest is less than 0.", nameof(target));
        GenesisTarget = target;
    }

    /// <inheritdoc/>
    public override string RuleName => "proof-of-work";

    /// <inheritdoc/>
    public override Hash256 GenesisTarget { get; }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters => [new("target", GenesisTarget), new("target.rule", "constant")];

    /// <summary>Returns a target that takes a number of hashes on average: ⌊2²⁵⁶/hashes⌋, at most 2²⁵⁶−1.</summary>
    /// <param name="hashes">At least 1.</param>
    public static Hash256 TargetFor(ulong hashes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(hashes);
        // Work of a target and target of a work are the same division, but for the one that is added: ⌊2²⁵⁶/(h−1+1)⌋.
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[^sizeof(ulong)..], hashes - 1);
        return hashes == 1 ? Work.Max.ToBytes() : Work.FromTarget(new Hash256(bytes)).ToBytes();
    }

    /// <inheritdoc/>
    public override ConsensusParts Build(ChainProfile profile, BlockId genesis)
    {
        if (profile.Format is not IFieldHashFormat)
            throw new ArgumentException($"The format {profile.Format.Traits.Name} has no nonce to search.", nameof(profile));
        var rule = new Rule(GenesisTarget, profile.Format.Traits.HasExtendedHeader);
        return new ConsensusParts(rule, new HeaviestChain(), new NoFinality(), RuleState.None);
    }

    private sealed class Rule(Hash256 target, bool hasTime) : IConsensusRule
    {
        // PROTOCOL: at most two hours ahead of the receiver's clock.
        private static readonly TimeSpan s_allowance = TimeSpan.FromHours(2);

        public int StateLag => int.MaxValue;

        public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
        {
            if (header.Header.Target != target) return Verdict.Reject(BlockRule.TargetWrong, header.Header.Target, target);
            if (header.Digest >= target) return Verdict.Reject(BlockRule.ProofInvalid, header.Digest, target);
            if (!header.Seal.IsEmpty) return Verdict.Reject(BlockRule.SealInvalid, (ulong)header.Seal.Length, "no seal");
            if (!hasTime) return Verdict.Valid;
            Verdict past = MedianTime.CheckPast(header, ancestors);
            return past.IsValid ? MedianTime.CheckFuture(header, now, s_allowance) : past;
        }

        public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => parent;

        public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent)
        {
            draft.Target = target;
            if (hasTime) draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);
        }

        public Work Weight(in HeaderView header, RuleState parent) => Work.FromTarget(header.Header.Target);
    }
}
