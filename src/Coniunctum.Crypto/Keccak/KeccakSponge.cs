using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coniunctum.Crypto.Keccak;

/// <summary>The sponge of FIPS 202 §4 for digests that fit one block, so that nothing is squeezed twice.</summary>
internal static class KeccakSponge
{
    /// <summary>The SHA-3 domain bits 01 and the first bit of the padding (FIPS 202 §B.2).</summary>
    public const byte Sha3Suffix = 0x06;

    /// <summary>The first bit of the padding alone: the original submission has no domain bits.</summary>
    public const byte KeccakSuffix = 0x01;

    /// <summary>The last bit of the padding, in the last byte of the block.</summary>
    public const byte LastPaddingBit = 0x80;

    /// <summary>The bytes absorbed before each permutation: the state less a capacity of twice the digest.</summary>
    public static int Rate(int digestBytes) => (KeccakPermutation.LaneCount * sizeof(ulong)) - (2 * digestBytes);

    /// <summary>Hashes a whole message to 32 bytes.</summary>
    [SkipLocalsInit]
    public static Hash256 Hash256(ReadOnlySpan<byte> data, byte suffix)
    {
        Span<byte> digest = stackalloc byte[Crypto.Hash256.Size];
        Hash(data, suffix, digest);
        return new Hash256(digest);
    }

    /// <summary>Hashes a whole message to a digest of 32 or 64 bytes.</summary>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> data, byte suffix, Span<byte> digest)
    {
        int rate = Rate(digest.Length);
        Span<ulong> state = stackalloc ulong[KeccakPermutation.LaneCount];
        state.Clear();
        while (data.Length >= rate)
        {
            XorBlock(state, data[..rate]);
            KeccakPermutation.Permute(state);
            data = data[rate..];
        }

        XorBytes(state, 0, data);
        Finish(state, data.Length, rate, suffix, digest);
    }

    /// <summary>Adds one whole block to a state; its length is a multiple of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void XorBlock(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (int lane = 0; lane < block.Length / sizeof(ulong); lane++)
            state[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(lane * sizeof(ulong))..]);
    }

    /// <summary>Adds bytes to a state, starting at any of its bytes.</summary>
    /// <param name="state">25 lanes.</param>
    /// <param name="offset">The state's byte that the first byte is added to.</param>
    /// <param name="data">No more bytes than the state has from <paramref name="offset"/> on.</param>
    public static void XorBytes(Span<ulong> state, int offset, ReadOnlySpan<byte> data)
    {
        int taken = 0;
        while (taken < data.Length)
        {
            int position = offset + taken;
            if (position % sizeof(ulong) == 0 && data.Length - taken >= sizeof(ulong))
            {
                state[position / sizeof(ulong)] ^= BinaryPrimitives.ReadUInt64LittleEndian(data[taken..]);
                taken += sizeof(ulong);
            }
            else
            {
                XorByte(state, position, data[taken]);
                taken++;
            }
        }
    }

    /// <summary>Pads a state that has absorbed everything, permutes it and reads the digest.</summary>
    /// <param name="state">25 lanes.</param>
    /// <param name="filled">How many bytes of the last block were absorbed: fewer than <paramref name="rate"/>.</param>
    /// <param name="rate">The block's length in bytes.</param>
    /// <param name="suffix">The domain bits and the first bit of the padding.</param>
    /// <param name="digest">Receives the digest.</param>
    public static void Finish(Span<ulong> state, int filled, int rate, byte suffix, Span<byte> digest)
    {
        XorByte(state, filled, suffix);
        XorByte(state, rate - 1, LastPaddingBit);
        KeccakPermutation.Permute(state);
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(state, state);
        MemoryMarshal.AsBytes(state)[..digest.Length].CopyTo(digest);
    }

    private static void XorByte(Span<ulong> state, int position, byte value) =>
        state[position / sizeof(ulong)] ^= (ulong)value << (8 * (position % sizeof(ulong)));
}
