using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>A head of this node's durable chain.</summary>
/// <param name="View">Header, identity and seal.</param>
/// <param name="Encoded">The same and the certificate as messages carry them.</param>
/// <param name="RuleState">What the consensus rule carries on after the block, as the rule encodes it.</param>
/// <param name="ChainWeight">The weight of the chain up to it.</param>
internal sealed record DurableHead(HeaderView View, EncodedHead Encoded, ReadOnlyMemory<byte> RuleState, Work ChainWeight)
{
    public BlockId Id => View.Id;

    public ulong Height => View.Height;
}
