namespace Coniunctum.Crypto;

/// <summary>A way of signing: which address signed this digest. Implementations are immutable and safe to use from several threads.</summary>
public interface ISignatureScheme
{
    /// <summary>
    /// The scheme's name in the protocol, a part of what a chain's genesis commits to: lowercase ASCII, the way of signing,
    /// a slash, and the hash that makes addresses. It is never changed; another rule gets another name.
    /// </summary>
    string Name { get; }

    /// <summary>The length of every signature in bytes.</summary>
    int SignatureSize { get; }

    /// <summary>Returns the address that a key's signatures recover to.</summary>
    /// <param name="key">A key other than <c>default</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is <c>default</c>.</exception>
    Address AddressOf(in PublicKey key);

    /// <summary>Signs a digest. The same key and digest give the same signature.</summary>
    /// <param name="key">The signer's key.</param>
    /// <param name="digest">The digest of what is signed.</param>
    /// <param name="signature">Receives the signature: exactly <see cref="SignatureSize"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="signature"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="key"/> was disposed.</exception>
    void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature);

    /// <summary>Finds the signer of a digest.</summary>
    /// <param name="digest">The digest of what was signed.</param>
    /// <param name="signature">The signature. It may come from anywhere and have any length.</param>
    /// <param name="signer">The signer's address, or <c>default</c> when the outcome is not <see cref="SignatureOutcome.Valid"/>.</param>
    SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer);

    /// <summary>Finds the signers of several digests; cheaper for each than <see cref="Recover"/>, with the same results.</summary>
    /// <param name="digests">The digests.</param>
    /// <param name="signatures">For each digest its signature of <see cref="SignatureSize"/> bytes, one behind the other.</param>
    /// <param name="signers">Receives for each digest the signer's address, or <c>default</c>.</param>
    /// <param name="outcomes">Receives the outcome for each digest.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes);
}
