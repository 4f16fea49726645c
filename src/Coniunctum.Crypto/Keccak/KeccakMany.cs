using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coniunctum.Crypto.Keccak;

/// <summary>Hashes independent messages of equal length to 32 bytes each, as many at once as the permutation has lanes.</summary>
/// <remarks>
/// Two groups of messages take turns where there are enough of them: while one is permuted, what was stored into the other
/// one's states arrives in the cache, and vectors can be loaded where single numbers were stored.
/// </remarks>
internal static unsafe class KeccakMany
{
    private const int BlockBytes = KeccakPermutation.BlockLanes * sizeof(ulong);
    private const int Groups = 2;
    private const int Alignment = 64;

    /// <summary>Hashes every message; the contract is that of <see cref="IHashFunction.HashMany"/>.</summary>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> messages, int messageLength, byte suffix, Span<Hash256> hashes)
    {
        int width = KeccakPermutation.Width;
        int hashed = 0;
        if (width > 1)
        {
            ulong* buffer = stackalloc ulong[(Groups * KeccakPermutation.LaneCount * width) + (Alignment / sizeof(ulong))];
            var states = (ulong*)(((nuint)buffer + Alignment - 1) & ~(nuint)(Alignment - 1));
            ulong* padding = stackalloc ulong[KeccakPermutation.BlockLanes];
            Pad(messageLength % BlockBytes, suffix, new Span<ulong>(padding, KeccakPermutation.BlockLanes));

            // Alone, a message is hashed faster by the scalar kernel.
            while (hashes.Length - hashed > 1)
            {
                int count = Math.Min(Groups * width, hashes.Length - hashed);
                ReadOnlySpan<byte> next = messages.Slice(hashed * messageLength, count * messageLength);
                HashGroups(states, next, messageLength, padding, hashes.Slice(hashed, count));
                hashed += count;
            }
        }

        for (; hashed < hashes.Length; hashed++)
            hashes[hashed] = KeccakSponge.Hash256(messages.Slice(hashed * messageLength, messageLength), suffix);
    }

    private static void HashGroups(ulong* states, ReadOnlySpan<byte> messages, int messageLength, ulong* padding, Span<Hash256> hashes)
    {
        int width = KeccakPermutation.Width;
        int stateLength = KeccakPermutation.LaneCount * width;
        int groups = (hashes.Length + width - 1) / width;
        new Span<ulong>(states, groups * stateLength).Clear();
        fixed (byte* first = messages)
        {
            int offset = 0;
            while (true)
            {
                int length = Math.Min(BlockBytes, messageLength - offset);
                for (int group = 0; group < groups; group++)
                {
                    int count = Math.Min(width, hashes.Length - (group * width));
                    Absorb(states + (group * stateLength), first + (group * width * messageLength) + offset, messageLength, length, count);
                }

                bool isLast = length < BlockBytes;
                for (int group = 0; group < groups; group++)
                {
                    ulong* state = states + (group * stateLength);
                    KeccakPermutation.PermuteWide(state, isLast ? padding : null, state, digestOnly: isLast);
                }

                if (isLast) break;
                offset += BlockBytes;
            }
        }

        for (int group = 0; group < groups; group++)
            Extract(states + (group * stateLength), hashes[(group * width)..]);
    }

    /// <summary>Adds up to a block of each message to its state.</summary>
    private static void Absorb(ulong* states, byte* messages, int stride, int length, int count)
    {
        int width = KeccakPermutation.Width;
        int taken = 0;
        if (count == width)
        {
            for (; length - taken >= LaneTranspose.PieceBytes; taken += LaneTranspose.PieceBytes)
                LaneTranspose.Add(messages + taken, stride, states + (taken / sizeof(ulong) * width));
        }

        if (taken == length) return;
        for (int i = 0; i < count; i++)
            Absorb(states + (taken / sizeof(ulong) * width) + i, new ReadOnlySpan<byte>(messages + (i * stride) + taken, length - taken));
    }

    private static void Absorb(ulong* state, ReadOnlySpan<byte> piece)
    {
        for (; piece.Length >= sizeof(ulong); piece = piece[sizeof(ulong)..])
        {
            *state ^= BinaryPrimitives.ReadUInt64LittleEndian(piece);
            state += KeccakPermutation.Width;
        }

        ulong last = 0;
        for (int i = 0; i < piece.Length; i++) last |= (ulong)piece[i] << (8 * i);
        *state ^= last;
    }

    private static void Extract(ulong* states, Span<Hash256> hashes)
    {
        int width = KeccakPermutation.Width;
        Span<byte> digests = stackalloc byte[width * Hash256.Size];
        fixed (byte* destination = digests) LaneTranspose.Extract(states, destination);
        int count = Math.Min(width, hashes.Length);
        digests[..(count * Hash256.Size)].CopyTo(MemoryMarshal.AsBytes(hashes));
    }

    private static void Pad(int filled, byte suffix, Span<ulong> block)
    {
        block.Clear();
        block[filled / sizeof(ulong)] ^= (ulong)suffix << (8 * (filled % sizeof(ulong)));
        block[^1] ^= 1UL << 63;
    }
}
