using System.Globalization;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// The puzzle of the second paper's Python client: SHA-256 of the decimal text of x², where x is the nonce, and of the previous
/// block's text behind it. It commits to nothing of its own block. Immutable and safe to use from several threads.
/// </summary>
public sealed class SquareTextPuzzle : INoncePuzzle
{
    // (2⁶⁴−1)² has 39 digits.
    private const int MaxDigits = 39;

    private readonly byte[] _text;

    /// <summary>Prepares the search.</summary>
    /// <param name="previous">The previous block's text, in the bytes in which it is hashed. Copied.</param>
    public SquareTextPuzzle(ReadOnlySpan<byte> previous) => _text = previous.ToArray();

    /// <inheritdoc/>
    public ulong LastNonce => ulong.MaxValue;

    /// <inheritdoc/>
    public Hash256 Digest(ulong nonce) => Digest(nonce, new byte[MaxDigits + _text.Length]);

    /// <inheritdoc/>
    public bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
    {
        nonce = 0;
        if (count == 0) return false;
        NonceRange.Require(first, count, LastNonce);
        byte[] message = new byte[MaxDigits + _text.Length];
        nonce = first;
        for (ulong tried = 0; tried < count; tried++, nonce++)
        {
            if (Digest(nonce, message) < target) return true;
        }

        nonce = 0;
        return false;
    }

    private Hash256 Digest(ulong nonce, byte[] message)
    {
        ((UInt128)nonce * nonce).TryFormat(message, out int digits, default, CultureInfo.InvariantCulture);
        _text.CopyTo(message.AsSpan(digits));
        return Sha256.Hash(message.AsSpan(0, digits + _text.Length));
    }
}
