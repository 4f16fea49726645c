using System.Numerics;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// The puzzle of <see cref="Sha3NoncePuzzle"/> for a header that leaves a second field free, such as the time in
/// milliseconds: every nonce is tried with every value of that field. The field lies in the preimage's last block, so that
/// the permutations before it (the nonce's hash and the blocks without the field) are shared by all values: two permutations
/// a try in place of four. Immutable and safe to use from several threads.
/// </summary>
/// <remarks>
/// A search sees one number, the <em>try</em>: nonce · <see cref="FieldValues"/> + the index of the field's value.
/// <see cref="Split"/> takes it apart.
/// </remarks>
public sealed class Sha3GridPuzzle : INoncePuzzle
{
    /// <summary>The greatest number of values of the field.</summary>
    public const int MaxFieldValues = 4096;

    private readonly Sha3Preimage _preimage;
    private readonly int _fieldOffset;
    private readonly Hash256[] _fieldHashes;
    private readonly ulong[] _lastBlocks;

    /// <summary>Prepares the search for one candidate block.</summary>
    /// <param name="preimage">
    /// The message of the inner hash, 136 to 512 bytes: the hashes of the header's fields in their order. Bytes 32 to 63, where
    /// H(be8(nonce)) belongs, and the free field's 32 bytes are not read. Copied.
    /// </param>
    /// <param name="fieldOffset">
    /// Where the free field's hash begins: a multiple of 8 bytes, in the last block (the message's blocks have 136 bytes).
    /// </param>
    /// <param name="fieldHashes">The hashes of the field's values: a power of two of them, at most 4,096. Copied.</param>
    /// <exception cref="ArgumentException">An argument is not as described.</exception>
    public Sha3GridPuzzle(ReadOnlySpan<byte> preimage, int fieldOffset, ReadOnlySpan<Hash256> fieldHashes)
    {
        _preimage = new Sha3Preimage(preimage);
        int start = _preimage.LastBlockOffset;
        if (start == 0) throw new ArgumentException("The preimage has one block only; a grid would save nothing.", nameof(preimage));
        if (fieldOffset < start || fieldOffset > preimage.Length - Hash256.Size || fieldOffset % sizeof(ulong) != 0)
            throw new ArgumentException(Invariant($"The field must lie in the last block, at a multiple of 8; {fieldOffset} does not."), nameof(fieldOffset));
        if (fieldHashes.Length > MaxFieldValues || !BitOperations.IsPow2(fieldHashes.Length))
            throw new ArgumentException($"{fieldHashes.Length} is not a power of two up to {MaxFieldValues}.", nameof(fieldHashes));

        _fieldOffset = fieldOffset;
        _fieldHashes = fieldHashes.ToArray();
        _lastBlocks = new ulong[fieldHashes.Length * KeccakPermutation.BlockLanes];
        for (int i = 0; i < fieldHashes.Length; i++)
        {
            Span<ulong> block = _lastBlocks.AsSpan(i * KeccakPermutation.BlockLanes, KeccakPermutation.BlockLanes);
            _preimage.LastBlock.CopyTo(block);
            Span<ulong> field = block.Slice((fieldOffset - start) / sizeof(ulong), Sha3Lanes.DigestLanes);
            field.Clear();
            KeccakSponge.XorBlock(field, fieldHashes[i].AsSpan());
        }
    }

    /// <summary>How many values of the field are tried with each nonce.</summary>
    public int FieldValues => _fieldHashes.Length;

    /// <inheritdoc/>
    public ulong LastNonce => ulong.MaxValue;

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
            lanes.HashNonces(batch);
            lanes.HashAllButLastBlock();
            bool isFound = false;
            for (int value = 0; value < FieldValues; value++)
            {
                lanes.HashLastBlock(_lastBlocks.AsSpan(value * KeccakPermutation.BlockLanes, KeccakPermutation.BlockLanes));
                for (uint candidates = filter.Candidates(lanes); candidates != 0; candidates &= candidates - 1)
                {
                    int index = TargetFilter.First(candidates);
                    ulong number = ((batch + (ulong)index) * (ulong)FieldValues) + (ulong)value;
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
