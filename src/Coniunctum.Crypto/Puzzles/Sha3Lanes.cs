using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// The puzzle's hashes for a batch of nonces: the padded states of the nonce's hash, of the inner message's first block and of
/// the outer message, prebuilt but for what changes with the nonce. Each permutation writes its digest straight into the next
/// state.
/// </summary>
/// <remarks>
/// A batch is two groups as wide as the permutation, which take turns: a permutation ends in a chain of dependent operations,
/// and the processor fills the waits with the beginning of the other group's.
/// </remarks>
internal readonly unsafe ref struct Sha3Lanes
{
    /// <summary>The lanes of a digest.</summary>
    public const int DigestLanes = 4;

    private const int Groups = 2;
    private const int Alignment = 64;
    private const ulong FirstPadding = 0x06;
    private const ulong LastPadding = 1UL << 63;
    private const int NonceHashLane = Sha3NoncePuzzle.NonceHashOffset / sizeof(ulong);

    private readonly ulong* _states;
    private readonly ulong* _nonceBlock;

    /// <summary>Prebuilds the states.</summary>
    /// <param name="buffer"><see cref="BufferLength"/> numbers that do not move while this lives.</param>
    /// <param name="firstBlock">The first block of the inner message, padded if it is the only one.</param>
    public Sha3Lanes(ulong* buffer, ReadOnlySpan<ulong> firstBlock)
    {
        _states = (ulong*)(((nuint)buffer + Alignment - 1) & ~(nuint)(Alignment - 1));
        _nonceBlock = _states + (Groups * GroupLength);
        new Span<ulong>(_states, (Groups * GroupLength) + KeccakPermutation.BlockLanes).Clear();
        for (int group = 0; group < Groups; group++)
        {
            // What differs within a batch are the lowest bits of be8(nonce)'s last byte, which is the lane's highest.
            for (int i = 0; i < KeccakPermutation.Width; i++)
                Nonces(group)[i] = (ulong)((group * KeccakPermutation.Width) + i) << 56;
            Broadcast(Nonces(group), 1, FirstPadding);
            Broadcast(Nonces(group), KeccakPermutation.BlockLanes - 1, LastPadding);
            Broadcast(Outer(group), DigestLanes, FirstPadding);
            Broadcast(Outer(group), KeccakPermutation.BlockLanes - 1, LastPadding);
            for (int lane = 0; lane < KeccakPermutation.BlockLanes; lane++) Broadcast(First(group), lane, firstBlock[lane]);
        }
    }

    /// <summary>How many nonces are hashed at once.</summary>
    public static int BatchSize => Groups * KeccakPermutation.Width;

    /// <summary>The length of the constructor's buffer.</summary>
    public static int BufferLength => (Groups * GroupLength) + KeccakPermutation.BlockLanes + (Alignment / sizeof(ulong));

    private static int StateLength => KeccakPermutation.LaneCount * KeccakPermutation.Width;

    private static int GroupLength => (4 * StateLength) + (DigestLanes * KeccakPermutation.Width);

    /// <summary>Hashes the batch's nonces, be8 each, into the first block.</summary>
    /// <param name="first">The first nonce, a multiple of <see cref="BatchSize"/>.</param>
    public void HashNonces(ulong first)
    {
        _nonceBlock[0] = BinaryPrimitives.ReverseEndianness(first);
        for (int group = 0; group < Groups; group++)
            KeccakPermutation.PermuteWide(Nonces(group), _nonceBlock, NonceHashes(group), digestOnly: true);
    }

    /// <summary>Hashes the inner messages and then their digests.</summary>
    /// <param name="laterBlocks">
    /// The inner message's blocks after the first one, padded, <see cref="KeccakPermutation.BlockLanes"/> numbers each.
    /// </param>
    public void HashMessages(ReadOnlySpan<ulong> laterBlocks)
    {
        ulong* state = _states + StateLength;
        fixed (ulong* blocks = laterBlocks)
        {
            ulong* block = null;
            for (int absorbed = 0; absorbed < laterBlocks.Length; absorbed += KeccakPermutation.BlockLanes)
            {
                for (int group = 0; group < Groups; group++)
                    KeccakPermutation.PermuteWide(state + (group * GroupLength), block, Inner(group), digestOnly: false);
                state = _states + (2 * StateLength);
                block = blocks + absorbed;
            }

            for (int group = 0; group < Groups; group++)
                KeccakPermutation.PermuteWide(state + (group * GroupLength), block, Outer(group), digestOnly: true);
        }

        for (int group = 0; group < Groups; group++)
            KeccakPermutation.PermuteWide(Outer(group), null, Digests(group), digestOnly: true);
    }

    /// <summary>Returns a bit for each digest of the batch in whose first lane all of the given bits are zero.</summary>
    public uint DigestsWithZeroBits(ulong bits)
    {
        uint found = 0;
        for (int group = 0; group < Groups; group++)
            found |= DigestsWithZeroBits(Digests(group), bits) << (group * KeccakPermutation.Width);
        return found;
    }

    /// <summary>Returns one digest of the batch.</summary>
    public Hash256 Digest(int index)
    {
        (int group, int offset) = Math.DivRem(index, KeccakPermutation.Width);
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        for (int lane = 0; lane < DigestLanes; lane++)
        {
            ulong value = Digests(group)[(lane * KeccakPermutation.Width) + offset];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(lane * sizeof(ulong))..], value);
        }

        return new Hash256(bytes);
    }

    private static uint DigestsWithZeroBits(ulong* digests, ulong bits)
    {
        if (KeccakPermutation.Width == Vector512<ulong>.Count)
        {
            Vector512<ulong> rest = Vector512.Load(digests) & Vector512.Create(bits);
            return (uint)Vector512.Equals(rest, Vector512<ulong>.Zero).ExtractMostSignificantBits();
        }

        uint found = 0;
        for (int i = 0; i < KeccakPermutation.Width; i++)
            if ((digests[i] & bits) == 0) found |= 1u << i;
        return found;
    }

    private static void Broadcast(ulong* state, int lane, ulong value) =>
        new Span<ulong>(state + (lane * KeccakPermutation.Width), KeccakPermutation.Width).Fill(value);

    private ulong* Nonces(int group) => _states + (group * GroupLength);

    private ulong* First(int group) => Nonces(group) + StateLength;

    private ulong* NonceHashes(int group) => First(group) + (NonceHashLane * KeccakPermutation.Width);

    private ulong* Inner(int group) => First(group) + StateLength;

    private ulong* Outer(int group) => Inner(group) + StateLength;

    private ulong* Digests(int group) => Outer(group) + StateLength;
}
