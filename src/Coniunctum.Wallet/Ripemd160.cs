using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Coniunctum.Wallet;

/// <summary>RIPEMD-160 (Dobbertin, Bosselaers and Preneel, 1996). BIP-32 names keys by it; nothing here rests on its strength.</summary>
internal static class Ripemd160
{
    /// <summary>The length of the digest in bytes.</summary>
    public const int Size = 20;

    private const int BlockSize = 64;

    // The order of the message's words, and the rotations, in five rounds of 16 steps for each of the two lines.
    private static ReadOnlySpan<byte> LeftWords =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
        3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
        4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
    ];

    private static ReadOnlySpan<byte> RightWords =>
    [
        5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
        15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
        12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
    ];

    private static ReadOnlySpan<byte> LeftRotations =>
    [
        11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
        11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
        9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
    ];

    private static ReadOnlySpan<byte> RightRotations =>
    [
        8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
        9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
        8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
    ];

    // ⌊2³⁰·√p⌋ and ⌊2³⁰·∛p⌋ for p = 2, 3, 5, 7.
    private static ReadOnlySpan<uint> LeftConstants => [0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E];

    private static ReadOnlySpan<uint> RightConstants => [0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0];

    private static ReadOnlySpan<uint> Start => [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];

    /// <summary>Hashes a whole message.</summary>
    /// <param name="data">Any length.</param>
    /// <param name="digest">Receives 20 bytes.</param>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Span<uint> state = stackalloc uint[5];
        Start.CopyTo(state);
        long bits = 8L * data.Length;
        while (data.Length >= BlockSize)
        {
            Compress(state, data[..BlockSize]);
            data = data[BlockSize..];
        }

        Span<byte> padded = stackalloc byte[2 * BlockSize];
        padded.Clear();
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        padded = padded[..(data.Length < BlockSize - sizeof(long) ? BlockSize : 2 * BlockSize)];
        BinaryPrimitives.WriteInt64LittleEndian(padded[^sizeof(long)..], bits);
        for (; padded.Length > 0; padded = padded[BlockSize..]) Compress(state, padded[..BlockSize]);
        for (int i = 0; i < state.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(digest[(sizeof(uint) * i)..], state[i]);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Line left = Line.Run(state, block, LeftWords, LeftRotations, LeftConstants, isLeft: true);
        Line right = Line.Run(state, block, RightWords, RightRotations, RightConstants, isLeft: false);
        uint first = state[1] + left.C + right.D;
        state[1] = state[2] + left.D + right.E;
        state[2] = state[3] + left.E + right.A;
        state[3] = state[4] + left.A + right.B;
        state[4] = state[0] + left.B + right.C;
        state[0] = first;
    }

    /// <summary>One of the two lines of 80 steps.</summary>
    private record struct Line(uint A, uint B, uint C, uint D, uint E)
    {
        public static Line Run(
            ReadOnlySpan<uint> state,
            ReadOnlySpan<byte> block,
            ReadOnlySpan<byte> words,
            ReadOnlySpan<byte> rotations,
            ReadOnlySpan<uint> constants,
            bool isLeft)
        {
            var line = new Line(state[0], state[1], state[2], state[3], state[4]);
            for (int step = 0; step < words.Length; step++)
            {
                int round = step / 16;
                uint word = BinaryPrimitives.ReadUInt32LittleEndian(block[(sizeof(uint) * words[step])..]);
                uint sum = line.A + Mix(isLeft ? round : 4 - round, line.B, line.C, line.D) + word + constants[round];
                uint next = BitOperations.RotateLeft(sum, rotations[step]) + line.E;
                line = new Line(line.E, next, line.B, BitOperations.RotateLeft(line.C, 10), line.D);
            }

            return line;
        }

        private static uint Mix(int round, uint x, uint y, uint z) => round switch
        {
            0 => x ^ y ^ z,
            1 => (x & y) | (~x & z),
            2 => (x | ~y) ^ z,
            3 => (x & z) | (y & ~z),
            _ => x ^ (y | ~z),
        };
    }
}
