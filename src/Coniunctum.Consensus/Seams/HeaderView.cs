using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>A header as a consensus rule sees it: with its identity and its seal, without a body.</summary>
/// <param name="Header">The header.</param>
/// <param name="Id">Its identity, whose value is the digest.</param>
/// <param name="Seal">The witness beside it; nothing but valid or invalid may be derived from it.</param>
public readonly record struct HeaderView(BlockHeader Header, BlockId Id, ReadOnlyMemory<byte> Seal)
{
    /// <summary>The header's hash, as an unsigned big-endian number.</summary>
    public Hash256 Digest => Id.Value;

    /// <summary>The header's height.</summary>
    public ulong Height => Header.Height;

    /// <summary>Views the header of a block.</summary>
    /// <param name="block">The block.</param>
    public static HeaderView Of(HashedBlock block) => new(block.Header, block.Id, block.Block.Seal);
}
