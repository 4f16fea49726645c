using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// The puzzle of the papers and of the standard format: digest = H(H(a ‖ H(be8(nonce)) ‖ b)) with H = SHA3-256, where
/// a is 32 bytes and b is what else the header commits to. Immutable and safe to use from several threads.
/// </summary>
public sealed class Sha3NoncePuzzle : INoncePuzzle
{
    /// <summary>Where H(be8(nonce)) lies in the preimage: bytes 32 to 63.</summary>
    public const int NonceHashOffset = 32;

    /// <summary>The longest preimage in bytes.</summary>
    public const int MaxPreimageBytes = 512;

    private const int MinPreimageBytes = NonceHashOffset + Hash256.Size;

    private readonly byte[] _preimage;
    private readonly ulong[] _blocks;

    /// <summary>Prepares the search for one candidate block.</summary>
    /// <param name="preimage">
    /// The message of the inner hash, 64 to 512 bytes: the hashes of the header's fields in their order. Bytes 32 to 63, where
    /// H(be8(nonce)) belongs, are not read. Copied.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="preimage"/> is shorter or longer.</exception>
    public Sha3NoncePuzzle(ReadOnlySpan<byte> preimage)
    {
        if (preimage.Length is < MinPreimageBytes or > MaxPreimageBytes)
        {
            throw new ArgumentException(
                $"A preimage has {MinPreimageBytes} to {MaxPreimageBytes} bytes, not {preimage.Length}.", nameof(preimage));
        }

        _preimage = preimage.ToArray();
        _preimage.AsSpan(NonceHashOffset, Hash256.Size).Clear();
        _blocks = PaddedBlocks(_preimage);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public Hash256 Digest(ulong nonce)
    {
        Span<byte> encoded = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(encoded, nonce);
        Span<byte> message = stackalloc byte[MaxPreimageBytes];
        message = message[.._preimage.Length];
        _preimage.CopyTo(message);
        Sha3_256.Hash(encoded).CopyTo(message[NonceHashOffset..]);
        return Sha3_256.DoubleHash(message);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
    {
        nonce = 0;
        if (count == 0) return false;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count - 1, ulong.MaxValue - first, nameof(count));

        ulong* buffer = stackalloc ulong[Sha3Lanes.BufferLength];
        var lanes = new Sha3Lanes(buffer, _blocks.AsSpan(0, KeccakPermutation.BlockLanes));
        ReadOnlySpan<ulong> laterBlocks = _blocks.AsSpan(KeccakPermutation.BlockLanes);
        ulong zeroBits = LeadingZeroBits(target);
        // Batches begin at multiples of their size; the bits of the nonces before the first one are cleared.
        ulong batch = first - (first % (ulong)Sha3Lanes.BatchSize);
        uint wanted = uint.MaxValue << (int)(first - batch);
        ulong last = first + (count - 1);
        while (true)
        {
            lanes.HashNonces(batch);
            lanes.HashMessages(laterBlocks);
            uint candidates = lanes.DigestsWithZeroBits(zeroBits) & wanted;
            if (candidates != 0 && TrySelect(lanes, candidates, last - batch, target, out int index))
            {
                nonce = batch + (ulong)index;
                return true;
            }

            if (last - batch < (ulong)Sha3Lanes.BatchSize) return false;
            batch += (ulong)Sha3Lanes.BatchSize;
            wanted = uint.MaxValue;
        }
    }

    /// <summary>
    /// The bits that are zero in the first lane of every digest below the target: those of the target's leading zeros, in the
    /// lane's little-endian order. At most half of the digests that pass are not below the target.
    /// </summary>
    private static ulong LeadingZeroBits(Hash256 target)
    {
        int zeros = BitOperations.LeadingZeroCount(BinaryPrimitives.ReadUInt64BigEndian(target.AsSpan()));
        ulong leading = zeros == 0 ? 0 : ulong.MaxValue << (64 - zeros);
        return BinaryPrimitives.ReverseEndianness(leading);
    }

    /// <summary>Finds the first candidate, up to the index <paramref name="last"/>, whose whole digest is below the target.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TrySelect(in Sha3Lanes lanes, uint candidates, ulong last, Hash256 target, out int index)
    {
        for (; candidates != 0; candidates &= candidates - 1)
        {
            index = BitOperations.TrailingZeroCount(candidates);
            if ((ulong)index > last) break;
            if (lanes.Digest(index) < target) return true;
        }

        index = 0;
        return false;
    }

    /// <summary>Pads the inner message (FIPS 202 §B.2) and reads it as lanes.</summary>
    private static ulong[] PaddedBlocks(ReadOnlySpan<byte> message)
    {
        const int BlockBytes = KeccakPermutation.BlockLanes * sizeof(ulong);
        byte[] padded = new byte[((message.Length / BlockBytes) + 1) * BlockBytes];
        message.CopyTo(padded);
        padded[message.Length] = 0x06;
        padded[^1] |= 0x80;
        var lanes = new ulong[padded.Length / sizeof(ulong)];
        for (int i = 0; i < lanes.Length; i++)
            lanes[i] = BinaryPrimitives.ReadUInt64LittleEndian(padded.AsSpan(i * sizeof(ulong)));
        return lanes;
    }
}
