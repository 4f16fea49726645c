using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Wallet;

/// <summary>
/// Signatures of texts that people agree to. What is signed is H(H("Coniunctum message" ‖ the text's length in eight big-endian
/// bytes ‖ the text)) with H = SHA3-256, so that no signature of a text is one of a transaction or a block.
/// </summary>
public static class SignedMessage
{
    // r‖s‖v, to whose v Bitcoin's and Ethereum's signatures of messages add 27.
    private const int RecoverableSize = 65;
    private const int ForeignOffset = 27;

    /// <summary>Computes the digest that is signed.</summary>
    /// <param name="text">The text's bytes, UTF-8 where people wrote it, of any length.</param>
    public static Hash256 Digest(ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)text.Length);
        var hasher = KeccakHasher.Sha3_256();
        hasher.Append("Coniunctum message"u8);
        hasher.Append(length);
        hasher.Append(text);
        return Sha3_256.Hash(hasher.Finish().AsSpan());
    }

    /// <summary>Signs a text.</summary>
    /// <param name="scheme">The scheme of the chain by whose addresses the signer is known.</param>
    /// <param name="key">The signer's key.</param>
    /// <param name="text">The text's bytes.</param>
    /// <param name="signature">Receives the signature: exactly the scheme's number of bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="signature"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="key"/> was disposed.</exception>
    public static void Sign(ISignatureScheme scheme, PrivateKey key, ReadOnlySpan<byte> text, Span<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        scheme.Sign(key, Digest(text), signature);
    }

    /// <summary>
    /// Finds who signed a text. Someone always did: the caller compares the address with the one that is expected. A last byte of
    /// 27 to 30 in 65 is read as 0 to 3: wallets of other chains write it so. Signatures of transactions and blocks are never read
    /// like this, where one signature must have one form.
    /// </summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="text">The text's bytes.</param>
    /// <param name="signature">The signature. It may come from anywhere.</param>
    /// <param name="signer">The signer's address, or <c>default</c> when the outcome is not <see cref="SignatureOutcome.Valid"/>.</param>
    public static SignatureOutcome Recover(ISignatureScheme scheme, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature, out Address signer)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        Hash256 digest = Digest(text);
        if (signature.Length != RecoverableSize || scheme.SignatureSize != RecoverableSize || signature[^1] is < ForeignOffset or > ForeignOffset + 3)
            return scheme.Recover(digest, signature, out signer);
        Span<byte> own = stackalloc byte[RecoverableSize];
        signature.CopyTo(own);
        own[^1] -= ForeignOffset;
        return scheme.Recover(digest, own, out signer);
    }
}
