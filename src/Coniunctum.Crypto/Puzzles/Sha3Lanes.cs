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

    private readonly ReadOnlySpan<ulong> _blocks;
    private readonly ulong* _states;
    private readonly ulong* _nonceBlock;

    /// <summary>Prebuilds the states.</summary>
    /// <param name="buffer"><see cref="BufferLength"/> numbers that do not move while this lives.</param>
    /// <param name="blocks">The inner message's blocks, padded.</param>
    public Sha3Lanes(ulong* buffer, ReadOnlySpan<ulong> blocks)
    {
        _blocks = blocks;
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
            for (int lane = 0; lane < KeccakPermutation.BlockLanes; lane++) Broadcast(First(group), lane, blocks[lane]);
        }
    }

    /// <summary>How many nonces are hashed at once.</summary>
    public static int BatchSize => Groups * KeccakPermutation.Width;

    /// <summary>The length of the constructor's buffer.</summary>
    public static int BufferLength => (Groups * GroupLength) + KeccakPermutation.BlockLanes + (Alignment / sizeof(ulong));

    /// <summary>The numbers that the hashes of a batch's nonces take.</summary>
    public static int NonceHashesLength => Groups * GroupHashesLength;

    private static int GroupHashesLength => DigestLanes * KeccakPermutation.Width;

    private static int StateLength => KeccakPermutation.LaneCount * KeccakPermutation.Width;

    private static int GroupLength => (4 * StateLength) + GroupHashesLength;

    /// <summary>Hashes the batch's nonces, be8 each, into the first block.</summary>
    /// <param name="first">The first nonce, a multiple of <see cref="BatchSize"/>.</param>
    public void HashNonces(ulong first)
    {
        _nonceBlock[0] = BinaryPrimitives.ReverseEndianness(first);
        for (int group = 0; group < Groups; group++)
            KeccakPermutation.PermuteWide(Nonces(group), _nonceBlock, NonceHashes(group), digestOnly: true);
    }

    /// <summary>Takes the nonces' hashes of a batch from a table.</summary>
    /// <param name="hashes">What <see cref="CopyNonceHashes"/> put there.</param>
    public void LoadNonceHashes(ReadOnlySpan<ulong> hashes)
    {
        for (int group = 0; group < Groups; group++)
            hashes.Slice(group * GroupHashesLength, GroupHashesLength).CopyTo(new Span<ulong>(NonceHashes(group), GroupHashesLength));
    }

    /// <summary>Copies the nonces' hashes of this batch.</summary>
    /// <param name="destination"><see cref="NonceHashesLength"/> numbers.</param>
    public void CopyNonceHashes(Span<ulong> destination)
    {
        for (int group = 0; group < Groups; group++)
            new ReadOnlySpan<ulong>(NonceHashes(group), GroupHashesLength).CopyTo(destination[(group * GroupHashesLength)..]);
    }

    /// <summary>Hashes the inner messages up to their last block.</summary>
    public void HashAllButLastBlock()
    {
        fixed (ulong* blocks = _blocks)
        {
            for (int absorbed = KeccakPermutation.BlockLanes; absorbed < _blocks.Length; absorbed += KeccakPermutation.BlockLanes)
            {
                bool isFirst = absorbed == KeccakPermutation.BlockLanes;
                ulong* block = isFirst ? null : blocks + absorbed - KeccakPermutation.BlockLanes;
                for (int group = 0; group < Groups; group++)
                    KeccakPermutation.PermuteWide(isFirst ? First(group) : Inner(group), block, Inner(group), digestOnly: false);
            }
        }
    }

    /// <summary>Hashes the inner messages' last block, and then their digests. It can be done again with another last block.</summary>
    /// <param name="lastBlock">The last block, padded. Not read when it is the first one too.</param>
    public void HashLastBlock(ReadOnlySpan<ulong> lastBlock)
    {
        bool isFirst = _blocks.Length == KeccakPermutation.BlockLanes;
        fixed (ulong* block = lastBlock)
        {
            for (int group = 0; group < Groups; group++)
                KeccakPermutation.PermuteWide(isFirst ? First(group) : Inner(group), isFirst ? null : block, Outer(group), digestOnly: true);
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
