using System.Buffers.Binary;
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

    private const int MinPreimageBytes = NonceHashOffset + Hash256.Size;

    private readonly byte[] _preimage;

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
    public bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
    {
        nonce = 0;
        if (count == 0) return false;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count - 1, ulong.MaxValue - first, nameof(count));

        for (ulong tried = 0; tried < count; tried++)
        {
            if (Digest(first + tried) < target)
            {
                nonce = first + tried;
                return true;
            }
        }

        return false;
    }
}
