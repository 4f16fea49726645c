using System.Runtime.CompilerServices;

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

    private readonly Sha3Preimage _preimage;
    private readonly NonceHashTable? _nonceHashes;

    /// <summary>Prepares the search for one candidate block.</summary>
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
    }

    /// <summary>The greatest nonce: the table's last one, or 2⁶⁴ − 1 without a table.</summary>
    public ulong LastNonce => _nonceHashes is null ? ulong.MaxValue : (ulong)_nonceHashes.Count - 1;

    /// <inheritdoc/>
    public Hash256 Digest(ulong nonce) => _preimage.Digest(nonce);

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
        ulong batch = first - (first % (ulong)Sha3Lanes.BatchSize);
        while (true)
        {
            if (_nonceHashes is null)
                lanes.HashNonces(batch);
            else
                lanes.LoadNonceHashes(_nonceHashes.Batch(batch));
            lanes.HashAllButLastBlock();
            lanes.HashLastBlock(_preimage.LastBlock);

            for (uint candidates = filter.Candidates(lanes); candidates != 0; candidates &= candidates - 1)
            {
                int index = TargetFilter.First(candidates);
                ulong candidate = batch + (ulong)index;
                if (candidate >= first && candidate <= last && filter.IsBelowTarget(lanes, index))
                {
                    nonce = candidate;
                    return true;
                }
            }

            if (last - batch < (ulong)Sha3Lanes.BatchSize) return false;
            batch += (ulong)Sha3Lanes.BatchSize;
        }
    }
}
