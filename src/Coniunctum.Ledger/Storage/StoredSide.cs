using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger.Storage;

/// <summary>
/// What a store keeps of a block that is, or was, beside the best chain, for as long as it weighs: its head, which is proven, when it
/// came, and whether it is valid as far as that is known.
/// </summary>
/// <param name="Id">The block's identity.</param>
/// <param name="Height">Its height.</param>
/// <param name="Header">The canonical encoding of [header, seal, certificate or nil] (<see cref="HeadCodec"/>).</param>
/// <param name="Arrival">When the block came, counted in blocks: of two that build on one block, the one with the smaller came first.</param>
/// <param name="Fault">The rule that the block, or one that it builds on, violates; <see cref="BlockRule.None"/> where none is known.</param>
public sealed record StoredSide(BlockId Id, ulong Height, ReadOnlyMemory<byte> Header, long Arrival, BlockRule Fault);
