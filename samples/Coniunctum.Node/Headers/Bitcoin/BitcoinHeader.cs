using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Node.Headers.Bitcoin;

/// <summary>
/// Bitcoin's header of 80 bytes. Its hashes are little-endian numbers on the wire; here they stand in the order in which people
/// write them.
/// </summary>
/// <param name="Version">What the block signals; no rule of headers reads it here.</param>
/// <param name="Previous">The parent's identity.</param>
/// <param name="MerkleRoot">The root over the block's transactions.</param>
/// <param name="Seconds">When the block was made, in seconds of Unix time.</param>
/// <param name="Bits">The target.</param>
/// <param name="Nonce">What was searched.</param>
internal readonly record struct BitcoinHeader(
    uint Version, BlockId Previous, Hash256 MerkleRoot, uint Seconds, CompactTarget Bits, uint Nonce)
{
    public const int Bytes = 80;

    private const int PreviousOffset = sizeof(uint);
    private const int RootOffset = PreviousOffset + Hash256.Size;
    private const int SecondsOffset = RootOffset + Hash256.Size;
    private const int BitsOffset = SecondsOffset + sizeof(uint);
    private const int NonceOffset = BitsOffset + sizeof(uint);

    public static BitcoinHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        new BlockId(Reversed(bytes.Slice(PreviousOffset, Hash256.Size))),
        Reversed(bytes.Slice(RootOffset, Hash256.Size)),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[SecondsOffset..]),
        new CompactTarget(BinaryPrimitives.ReadUInt32LittleEndian(bytes[BitsOffset..])),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[NonceOffset..]));

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Version);
        Reversed(Previous.Value.AsSpan()).CopyTo(bytes.AsSpan(PreviousOffset));
        Reversed(MerkleRoot.AsSpan()).CopyTo(bytes.AsSpan(RootOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SecondsOffset), Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(BitsOffset), Bits.Bits);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(NonceOffset), Nonce);
        return bytes;
    }

    /// <summary>The header as rules see it. It is not enough to compute its hash: the version has no place there.</summary>
    /// <param name="height">Its height, which Bitcoin's headers do not carry.</param>
    /// <param name="target">What <see cref="Bits"/> say.</param>
    public BlockHeader ToHeader(ulong height, Target target) => new()
    {
        Height = height,
        Nonce = Nonce,
        Previous = Previous,
        MerkleRoot = MerkleRoot,
        Target = target,
        Timestamp = new Timestamp(Seconds * 1_000UL),
    };

    public static Hash256 Reversed(ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        bytes.Reverse();
        return new Hash256(bytes);
    }
}
