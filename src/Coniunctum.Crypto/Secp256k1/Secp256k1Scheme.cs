using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// Recoverable ECDSA over secp256k1: 65 bytes r‖s‖v, big-endian, with r and s in 1…n−1, s at most n/2 and v in 0…3.
/// The nonce is that of RFC 6979 with HMAC-SHA-256. A high s is refused, not normalised.
/// </summary>
/// <remarks>
/// Bit 0 of v is the parity of the nonce point's y, bit 1 says that its x is n or more (SEC 1, §4.1.6). Signing takes the
/// same time for every key and digest; recovering does not. Neither allocates.
/// </remarks>
/// <typeparam name="TAddressHash">The hash of X‖Y that is the address.</typeparam>
[SkipLocalsInit]
public sealed class Secp256k1Scheme<TAddressHash> : ISignatureScheme
    where TAddressHash : struct, IHashFunction
{
    private const int Length = EcdsaRecovery.Length;

    /// <summary>
    /// "secp256k1-ecdsa/" and the name of the address hash, as in "secp256k1-ecdsa/sha3-256": a part of the protocol.
    /// </summary>
    public string Name { get; } = "secp256k1-ecdsa/" + TAddressHash.Name;

    /// <summary>The length of every signature in bytes: 65.</summary>
    public int SignatureSize => Length;

    /// <inheritdoc/>
    public Address AddressOf(in PublicKey key)
    {
        if (key.IsDefault) throw new ArgumentException("The key is not initialized.", nameof(key));
        return new Address(TAddressHash.Hash(key.AsSpan()));
    }

    /// <inheritdoc/>
    public void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (signature.Length != Length)
            throw new ArgumentException($"A signature has {Length} bytes, not {signature.Length}.", nameof(signature));

        _ = Scalar.TryRead(digest.AsSpan(), out Scalar message);
        key.CopyTo(out Scalar secret);
        Ecdsa.Sign(secret, message, out Scalar r, out Scalar s, out byte recoveryId);
        Secret.Wipe(ref secret);
        r.Write(signature);
        s.Write(signature[EcdsaRecovery.SOffset..]);
        signature[EcdsaRecovery.RecoveryIdOffset] = recoveryId;
    }

    /// <inheritdoc/>
    public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer) =>
        BatchRecovery<EcdsaRecovery, TAddressHash>.Recover(digest, signature, out signer);

    /// <inheritdoc/>
    public void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes) =>
        BatchRecovery<EcdsaRecovery, TAddressHash>.RecoverMany(digests, signatures, signers, outcomes);
}
