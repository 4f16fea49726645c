using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Coniunctum.Crypto.Sha2;

/// <summary>Reads and writes the interleaved words of <see cref="Sha256Compression"/>.</summary>
internal static unsafe class Sha256Lanes
{
    /// <summary>The alignment in bytes at which whole vectors are loaded fastest.</summary>
    public const int Alignment = 64;

    private const int BlockBytes = Sha256Compression.BlockWords * sizeof(uint);

    /// <summary>Returns the first aligned address in a buffer.</summary>
    public static uint* Align(uint* buffer) => (uint*)(((nuint)buffer + Alignment - 1) & ~(nuint)(Alignment - 1));

    /// <summary>Writes a word to every lane.</summary>
    public static void Broadcast(uint* words, int index, uint value) =>
        new Span<uint>(words + (index * Sha256Compression.Width), Sha256Compression.Width).Fill(value);

    /// <summary>Writes the initial state to every lane.</summary>
    public static void Initialize(uint* state)
    {
        for (int i = 0; i < Sha256Compression.StateWords; i++) Broadcast(state, i, Sha256Compression.InitialState[i]);
    }

    /// <summary>Writes a block of 64 bytes to one lane.</summary>
    public static void SetBlock(uint* block, int lane, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..BlockBytes];
        for (int i = 0; i < Sha256Compression.BlockWords; i++)
            block[(i * Sha256Compression.Width) + lane] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * sizeof(uint))..]);
    }

    /// <summary>Writes one block to every lane.</summary>
    public static void BroadcastBlock(uint* block, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < Sha256Compression.BlockWords; i++)
            Broadcast(block, i, BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * sizeof(uint))..]));
    }

    /// <summary>Returns the digest that a lane's state is.</summary>
    public static Hash256 Digest(uint* state, int lane)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        for (int i = 0; i < Sha256Compression.StateWords; i++)
            BinaryPrimitives.WriteUInt32BigEndian(digest[(i * sizeof(uint))..], state[(i * Sha256Compression.Width) + lane]);
        return new Hash256(digest);
    }

    /// <summary>Returns a bit for each lane in whose word all of the given bits are zero.</summary>
    public static uint LanesWithZeroBits(uint* word, uint bits) =>
        Sha256Compression.Width == Vector512<uint>.Count
            ? (uint)Vector512.Equals(Vector512.Load(word) & Vector512.Create(bits), Vector512<uint>.Zero).ExtractMostSignificantBits()
            : Vector256.Equals(Vector256.Load(word) & Vector256.Create(bits), Vector256<uint>.Zero).ExtractMostSignificantBits();

    /// <summary>Returns the highest bits of a number below the target that are surely zero: the target's leading zeros, 32 at most.</summary>
    public static uint LeadingZeroBits(Hash256 target)
    {
        int zeros = BitOperations.LeadingZeroCount(BinaryPrimitives.ReadUInt32BigEndian(target.AsSpan()));
        return zeros == 0 ? 0 : uint.MaxValue << (32 - zeros);
    }

    /// <summary>Writes the end of a message and its padding (FIPS 180-4 §5.1.1).</summary>
    /// <param name="blocks">Whole blocks, which receive <paramref name="end"/> and the padding.</param>
    /// <param name="end">The end of the message.</param>
    /// <param name="messageLength">The whole message's length in bytes.</param>
    public static void Pad(Span<byte> blocks, ReadOnlySpan<byte> end, int messageLength)
    {
        blocks.Clear();
        end.CopyTo(blocks);
        blocks[end.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(blocks[^sizeof(ulong)..], (ulong)messageLength * 8);
    }

    /// <summary>Returns how many blocks a padded message has.</summary>
    public static int BlockCount(int messageLength) => ((messageLength + 1 + sizeof(ulong) - 1) / BlockBytes) + 1;
}
