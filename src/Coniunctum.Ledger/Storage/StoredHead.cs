using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger.Storage;

/// <summary>What a store keeps of a block for ever, also when its body is pruned.</summary>
/// <param name="Id">The block's identity.</param>
/// <param name="Height">Its height.</param>
/// <param name="Header">The canonical encoding of [header, seal, certificate or nil] (<see cref="HeadCodec"/>).</param>
/// <param name="RuleState">What the consensus rule carries on after the block, as the rule encodes it; empty for nothing.</param>
/// <param name="ChainWeight">The weight of the chain up to the block.</param>
public sealed record StoredHead(
    BlockId Id, ulong Height, ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> RuleState, Work ChainWeight)
{
    /// <summary>How many bytes it has in a store, but for identity and weight.</summary>
    public int Size => Header.Length + RuleState.Length;
}
