using System.Numerics;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// The puzzle of the papers and of the standard format: digest = H(H(a ‖ H(be8(nonce)) ‖ b)) with H = SHA3-256, where
/// a is 32 bytes and b is what else the header commits to. A header may leave a second field free, such as the time in
/// milliseconds: every nonce is then tried with every value of that field. Immutable and safe to use from several threads.
/// </summary>
/// <remarks>
/// <para>
/// A second field lies in the preimage's last block, so that the permutations before it (the nonce's hash and the blocks
/// without the field) are shared by all values: with two blocks a try takes two permutations in place of four.
/// </para>
/// <para>
/// A search sees one number, the <em>try</em>: nonce · <see cref="FieldValues"/> + the index of the field's value.
/// <see cref="Split"/> takes it apart. Without a second field the try is the nonce.
/// </para>
/// </remarks>
public sealed class Sha3NoncePuzzle : INoncePuzzle
{
    /// <summary>Where H(be8(nonce)) lies in the preimage: bytes 32 to 63.</summary>
    public const int NonceHashOffset = 32;

    /// <summary>The longest preimage in bytes.</summary>
    public const int MaxPreimageBytes = 512;

    /// <summary>The greatest number of values of a second field.</summary>
    public const int MaxFieldValues = 4096;

    private const int NoField = -1;

    private readonly Sha3Preimage _preimage;
    private readonly NonceHashTable? _nonceHashes;
    private readonly int _fieldOffset;
    private readonly Hash256[] _fieldHashes;

    // One for each value of the field; without a field the preimage's.
    private readonly ulong[] _lastBlocks;

    /// <summary>Prepares the search for one candidate block whose nonce alone is free.</summary>
    /// <param name="preimage">
    /// The message of the inner hash, 64 to 512 bytes: the hashes of the header's fields in their order. Bytes 32 to 63, where
    /// H(be8(nonce)) belongs, are not read. Copied.
    /// </param>
    /// <param name="nonceHashes">Hashes to look up instead of computing them; the puzzle then has these nonces alone.</param>
    /// <exception cref="ArgumentException"><paramref name="preimage"/> is shorter or longer.</exception>
    public Sha3NoncePuzzle(ReadOnlySpan<byte> preimage, NonceHashTable? nonceHashes = null)
    {
        _preimage = new Sha3Preimage(preimage);
        _nonceHashes = nonceHashes;
        _fieldOffset = NoField;
        _fieldHashes = [default];
        _lastBlocks = _preimage.LastBlock.ToArray();
    }

    /// <summary>Prepares the search for one candidate block with a second free field.</summary>
    /// <param name="preimage">
    /// The message of the inner hash, 136 to 512 bytes: the hashes of the header's fields in their order. Bytes 32 to 63, where
    /// H(be8(nonce)) belongs, and the free field's 32 bytes are not read. Copied.
    /// </param>
    /// <param name="fieldOffset">Where the free field's hash begins; see <see cref="CanVary"/>.</param>
    /// <param name="fieldHashes">The hashes of the field's values: a power of two of them, at most 4,096. Copied.</param>
    /// <exception cref="ArgumentException">An argument is not as described.</exception>
    public Sha3NoncePuzzle(ReadOnlySpan<byte> preimage, int fieldOffset, ReadOnlySpan<Hash256> fieldHashes)
    {
        _preimage = new Sha3Preimage(preimage);
        if (!CanVary(preimage.Length, fieldOffset))
            throw new ArgumentException(Invariant($"A field must lie in the last of several blocks, at a multiple of 8; {fieldOffset} of {preimage.Length} does not."), nameof(fieldOffset));
        if (fieldHashes.Length > MaxFieldValues || !BitOperations.IsPow2(fieldHashes.Length))
            throw new ArgumentException($"{fieldHashes.Length} is not a power of two up to {MaxFieldValues}.", nameof(fieldHashes));

        _fieldOffset = fieldOffset;
        _fieldHashes = fieldHashes.ToArray();
        _lastBlocks = new ulong[fieldHashes.Length * KeccakPermutation.BlockLanes];
        for (int i = 0; i < fieldHashes.Length; i++)
        {
            Span<ulong> block = _lastBlocks.AsSpan(i * KeccakPermutation.BlockLanes, KeccakPermutation.BlockLanes);
            _preimage.LastBlock.CopyTo(block);
            Span<ulong> field = block.Slice((fieldOffset - _preimage.LastBlockOffset) / sizeof(ulong), Sha3Lanes.DigestLanes);
            field.Clear();
            KeccakSponge.XorBlock(field, fieldHashes[i].AsSpan());
        }
    }

    /// <summary>How many values of the second field are tried with each nonce; 1 without one.</summary>
    public int FieldValues => _fieldHashes.Length;

    /// <summary>The greatest try: that of the table's last nonce, or 2⁶⁴ − 1 without a table.</summary>
    public ulong LastNonce => _nonceHashes is null ? ulong.MaxValue : (ulong)_nonceHashes.Count - 1;

    /// <summary>Whether a hash in a preimage can be a second free field: it begins at a multiple of 8, in the last of several blocks of 136 bytes.</summary>
    /// <param name="preimageBytes">The preimage's length.</param>
    /// <param name="fieldOffset">Where the hash's 32 bytes begin.</param>
    public static bool CanVary(int preimageBytes, int fieldOffset)
    {
        int lastBlock = Sha3Preimage.LastBlockOffsetOf(preimageBytes);
        return lastBlock > 0 && fieldOffset >= lastBlock && fieldOffset <= preimageBytes - Hash256.Size && fieldOffset % sizeof(ulong) == 0;
    }

    /// <summary>Takes a try's number apart.</summary>
    /// <param name="number">The number.</param>
    public (ulong Nonce, int FieldIndex) Split(ulong number) =>
        (number / (ulong)FieldValues, (int)(number % (ulong)FieldValues));

    /// <summary>Computes one try's digest, as a verifier would.</summary>
    /// <param name="nonce">The try's number.</param>
    public Hash256 Digest(ulong nonce)
    {
        (ulong headerNonce, int index) = Split(nonce);
        return _preimage.Digest(headerNonce, _fieldHashes[index], _fieldOffset);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public unsafe bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
    {
        nonce = 0;
        if (count == 0) return false;
        NonceRange.Require(first, count, LastNonce);

        ulong* buffer = stackalloc ulong[Sha3Lanes.BufferLength];
        var lanes = new Sha3Lanes(buffer, _preimage.Blocks);
        var filter = new TargetFilter(target);
        ulong last = first + (count - 1);
        ulong lastNonce = last / (ulong)FieldValues;
        ulong batch = first / (ulong)FieldValues;
        batch -= batch % (ulong)Sha3Lanes.BatchSize;
        while (true)
        {
            if (_nonceHashes is null)
                lanes.HashNonces(batch);
            else
                lanes.LoadNonceHashes(_nonceHashes.Batch(batch));
            lanes.HashAllButLastBlock();
            bool isFound = false;
            for (int value = 0; value < _fieldHashes.Length; value++)
            {
                lanes.HashLastBlock(_lastBlocks.AsSpan(value * KeccakPermutation.BlockLanes, KeccakPermutation.BlockLanes));
                for (uint candidates = filter.Candidates(lanes); candidates != 0; candidates &= candidates - 1)
                {
                    int index = TargetFilter.First(candidates);
                    ulong number = ((batch + (ulong)index) * (ulong)FieldValues) + (ulong)value;
                    // The batch's tries do not come in their order.
                    bool isWanted = number >= first && number <= last && (!isFound || number < nonce);
                    if (!isWanted || !filter.IsBelowTarget(lanes, index)) continue;
                    nonce = number;
                    isFound = true;
                }
            }

            if (isFound) return true;
            if (lastNonce - batch < (ulong)Sha3Lanes.BatchSize) return false;
            batch += (ulong)Sha3Lanes.BatchSize;
        }
    }
}
