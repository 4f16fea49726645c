using System.Buffers.Binary;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Tests.Support;

/// <summary>A rule that carries on the supply after each block, which headers alone do not tell; every digest is proof enough.</summary>
internal sealed class SupplyRule : ConsensusSpec, IConsensusRule
{
    public override string RuleName => "supply-rule";

    public override Hash256 GenesisTarget { get; } = Work.Max.ToBytes();

    public override IEnumerable<Parameter> Parameters => [];

    public int StateLag => 0;

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) => new(this, new HeaviestChain(), new NoFinality(), new Carried(0));

    public override RuleState ReadState(ReadOnlyMemory<byte> encoded) => new Carried(BinaryPrimitives.ReadUInt64BigEndian(encoded.Span));

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals) => Verdict.Valid;

    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => after is null ? parent : new Carried(after.Supply);

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent)
    {
        draft.Target = GenesisTarget;
        draft.Timestamp = new Timestamp(ancestors.Parent.Header.Timestamp.UnixMilliseconds + 1);
    }

    public Work Weight(in HeaderView header, RuleState parent) => Work.From(1);

    internal sealed record Carried(ulong Supply) : RuleState
    {
        public override ReadOnlyMemory<byte> Encode()
        {
            byte[] bytes = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, Supply);
            return bytes;
        }
    }
}
