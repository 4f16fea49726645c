using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Files;

/// <summary>What a file of a state says of itself: whether it is true shows when it is taken in.</summary>
/// <param name="Chain">The chain that the state belongs to.</param>
/// <param name="Height">The height of the block after which it is the state.</param>
/// <param name="Block">That block.</param>
/// <param name="Salt">The salt of the chain's genesis, which is drawn in profiles that say so.</param>
/// <param name="GenesisTime">The timestamp of its genesis, likewise.</param>
/// <param name="Note">What the file's writer left for readers, such as the chain's parameters; may be empty.</param>
public readonly record struct StateFileHead(
    BlockId Chain, ulong Height, BlockId Block, Hash256 Salt, Timestamp GenesisTime, ReadOnlyMemory<byte> Note);
