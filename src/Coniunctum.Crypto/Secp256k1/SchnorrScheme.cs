using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// Schnorr signatures of BIP-340 over secp256k1: 96 bytes P.x‖R.x‖s, big-endian, where P is the signer's key. Of the two keys
/// with the same x, it is the one with an even y whose X‖Y is hashed to the address, whichever the signer holds.
/// </summary>
/// <remarks>
/// Such a signature does not tell its key, so the key stands before it. Signing uses no auxiliary randomness and takes the
/// same time for every key and digest; recovering does not. Neither allocates.
/// </remarks>
/// <typeparam name="TAddressHash">The hash of X‖Y that is the address.</typeparam>
[SkipLocalsInit]
public sealed class SchnorrScheme<TAddressHash> : ISignatureScheme
    where TAddressHash : struct, IHashFunction
{
    private const int Length = Schnorr.Size;

    /// <summary>
    /// "secp256k1-bip340/" and the name of the address hash, as in "secp256k1-bip340/sha3-256": a part of the protocol.
    /// </summary>
    public string Name { get; } = "secp256k1-bip340/" + TAddressHash.Name;

    /// <summary>The length of every signature in bytes: 96.</summary>
    public int SignatureSize => Length;

    /// <summary>Returns the address that a key's signatures recover to: the same one for both keys with the same x.</summary>
    /// <param name="key">A key other than <c>default</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is <c>default</c>.</exception>
    public Address AddressOf(in PublicKey key)
    {
        if (key.IsDefault) throw new ArgumentException("The key is not initialized.", nameof(key));
        key.ToPoint(out AffinePoint point);
        if (point.Y.IsOdd)
        {
            FieldElement.Negate(point.Y, 1, out point.Y);
            point.Y.Normalize();
        }

        return new Address(TAddressHash.Hash(new PublicKey(point).AsSpan()));
    }

    /// <inheritdoc/>
    public void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (signature.Length != Length)
            throw new ArgumentException($"A signature has {Length} bytes, not {signature.Length}.", nameof(signature));

        Span<byte> auxiliary = stackalloc byte[Schnorr.AuxiliarySize];
        auxiliary.Clear();
        PublicKey publicKey = key.PublicKey;
        key.CopyTo(out Scalar secret);
        Schnorr.Sign(secret, publicKey, digest.AsSpan(), auxiliary, signature);
        Secret.Wipe(ref secret);
    }

    /// <inheritdoc/>
    public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer) =>
        BatchRecovery<SchnorrRecovery, TAddressHash>.Recover(digest, signature, out signer);

    /// <inheritdoc/>
    public void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes) =>
        BatchRecovery<SchnorrRecovery, TAddressHash>.RecoverMany(digests, signatures, signers, outcomes);
}
