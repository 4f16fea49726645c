using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Ledger.State;

namespace Coniunctum.TestKit.Chains;

/// <summary>
/// A rule that a test shapes: every header follows, blocks weigh what is said, and whoever <see cref="Sealer"/> names after the
/// parent's state must have sealed.
/// </summary>
internal sealed class StubSpec : ConsensusSpec
{
    public Work BlockWeight { get; init; } = Work.From(1);

    /// <summary>Who seals the block after a state; <c>null</c> where blocks are not sealed.</summary>
    public Func<IStateView, Address>? Sealer { get; init; }

    /// <summary>Who seals the first block, and every block whose parent was not executed yet.</summary>
    public Address FirstSealer { get; init; }

    /// <summary>Which tip wins; the heaviest chain's where it is not said.</summary>
    public Func<IForkChoice>? ForkChoice { get; init; }

    public override string RuleName => "stub";

    public override Hash256 GenesisTarget { get; } = World.Owner(0xff).Value;

    public override IEnumerable<Parameter> Parameters => [];

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) =>
        new(new Rule(this), ForkChoice?.Invoke() ?? new HeaviestChain(), new NoFinality(), new SealedBy(FirstSealer));

    public override RuleState ReadState(ReadOnlyMemory<byte> encoded) => new SealedBy(new Address(new Hash256(encoded.Span)));

    internal sealed record SealedBy(Address Next) : RuleState
    {
        public override ReadOnlyMemory<byte> Encode() => Next.Value.ToArray();
    }

    private sealed class Rule(StubSpec spec) : IConsensusRule
    {
        public int StateLag => spec.Sealer is null ? int.MaxValue : 0;

        public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
        {
            if (spec.Sealer is not null) seals.Add(new SignatureClaim(header.Digest, header.Seal, ((SealedBy)parent).Next));
            return Verdict.Valid;
        }

        public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) =>
            spec.Sealer is null || after is null ? parent : new SealedBy(spec.Sealer(after));

        public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent) => draft.Target = spec.GenesisTarget;

        public Work Weight(in HeaderView header, RuleState parent) => spec.BlockWeight;
    }
}
