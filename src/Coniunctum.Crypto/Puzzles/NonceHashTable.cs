using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// H(be8(nonce)) of the nonces from 0 on, computed once. The hash depends on nothing but the nonce, so that every
/// <see cref="Sha3NoncePuzzle"/> can share a table and save one permutation of four. A search that stays inside the table
/// changes the reward's extra nonce when it has tried them all. Immutable and safe to use from several threads.
/// </summary>
public sealed class NonceHashTable
{
    /// <summary>The greatest number of nonces: 16,777,216, which take 512 MiB.</summary>
    public const int MaxCount = 1 << 24;

    private readonly ulong[] _hashes;

    /// <summary>Computes the table: about 30 milliseconds for a million nonces where eight are hashed at once.</summary>
    /// <param name="count">
    /// How many nonces, 1 to <see cref="MaxCount"/>; rounded up to whole batches. A table that fits the processor's caches
    /// serves best: 65,536 nonces take 2 MiB.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of range.</exception>
    public unsafe NonceHashTable(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        int batches = (count + Sha3Lanes.BatchSize - 1) / Sha3Lanes.BatchSize;
        Count = batches * Sha3Lanes.BatchSize;
        _hashes = new ulong[batches * Sha3Lanes.NonceHashesLength];
        ulong* buffer = stackalloc ulong[Sha3Lanes.BufferLength];
        var lanes = new Sha3Lanes(buffer, new ulong[KeccakPermutation.BlockLanes]);
        for (int batch = 0; batch < batches; batch++)
        {
            lanes.HashNonces((ulong)batch * (ulong)Sha3Lanes.BatchSize);
            lanes.CopyNonceHashes(_hashes.AsSpan(batch * Sha3Lanes.NonceHashesLength, Sha3Lanes.NonceHashesLength));
        }
    }

    /// <summary>How many nonces the table holds: those from 0 to <see cref="Count"/> − 1.</summary>
    public int Count { get; }

    /// <summary>The table's memory in bytes: 32 for each nonce.</summary>
    public long SizeInBytes => (long)_hashes.Length * sizeof(ulong);

    /// <summary>Returns the hashes of a batch, in the layout of <see cref="Sha3Lanes"/>.</summary>
    /// <param name="firstNonce">A multiple of the batch's size, less than <see cref="Count"/>.</param>
    internal ReadOnlySpan<ulong> Batch(ulong firstNonce) =>
        _hashes.AsSpan((int)firstNonce / Sha3Lanes.BatchSize * Sha3Lanes.NonceHashesLength, Sha3Lanes.NonceHashesLength);
}
