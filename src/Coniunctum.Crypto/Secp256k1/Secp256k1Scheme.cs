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
    private const int SOffset = Scalar.Size;
    private const int RecoveryIdOffset = 2 * Scalar.Size;
    private const int Length = RecoveryIdOffset + 1;

    // Signatures that share an inversion: the gain levels off, and all of it lies on the stack.
    private const int BatchSize = 32;

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
        s.Write(signature[SOffset..]);
        signature[RecoveryIdOffset] = recoveryId;
    }

    /// <inheritdoc/>
    public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = default;
        if (signature.Length != Length) return SignatureOutcome.WrongLength;
        SignatureOutcome outcome = SignatureOutcome.Unchecked;
        RecoverBatch(new ReadOnlySpan<Hash256>(in digest), signature, new Span<Address>(ref signer), new Span<SignatureOutcome>(ref outcome));
        return outcome;
    }

    /// <inheritdoc/>
    public void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes)
    {
        if (signatures.Length != (long)digests.Length * Length)
            throw new ArgumentException($"{digests.Length} digests need {(long)digests.Length * Length} bytes of signatures, not {signatures.Length}.", nameof(signatures));
        if (signers.Length != digests.Length)
            throw new ArgumentException($"There is room for {signers.Length} signers of {digests.Length} digests.", nameof(signers));
        if (outcomes.Length != digests.Length)
            throw new ArgumentException($"There is room for {outcomes.Length} outcomes of {digests.Length} digests.", nameof(outcomes));

        for (int start = 0; start < digests.Length; start += BatchSize)
        {
            int count = Math.Min(BatchSize, digests.Length - start);
            RecoverBatch(
                digests.Slice(start, count),
                signatures.Slice(start * Length, count * Length),
                signers.Slice(start, count),
                outcomes.Slice(start, count));
        }
    }

    private static void RecoverBatch(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes)
    {
        int count = digests.Length;
        Span<Scalar> inversesOfR = stackalloc Scalar[count];
        Span<Scalar> scratch = stackalloc Scalar[count];
        Span<AffinePoint> noncePoints = stackalloc AffinePoint[count];
        for (int i = 0; i < count; i++)
        {
            signers[i] = default;
            outcomes[i] = Read(signatures.Slice(i * Length, Length), out Scalar r, out _, out noncePoints[i]);
            inversesOfR[i] = outcomes[i] == SignatureOutcome.Valid ? r : new Scalar(1);
        }

        IInvertible<Scalar>.InvertAll(inversesOfR, scratch);

        Span<JacobianPoint> keys = stackalloc JacobianPoint[count];
        Span<FieldElement> inversesOfZ = stackalloc FieldElement[count];
        Span<FieldElement> fieldScratch = stackalloc FieldElement[count];
        for (int i = 0; i < count; i++)
        {
            inversesOfZ[i] = new FieldElement(1);
            if (outcomes[i] != SignatureOutcome.Valid) continue;
            _ = Scalar.TryRead(digests[i].AsSpan(), out Scalar digest);
            _ = Scalar.TryRead(signatures.Slice((i * Length) + SOffset, Scalar.Size), out Scalar s);
            Ecdsa.Recover_Vartime(digest, inversesOfR[i], s, noncePoints[i], out keys[i]);
            if (keys[i].IsInfinity)
                outcomes[i] = SignatureOutcome.KeyAtInfinity;
            else
                inversesOfZ[i] = keys[i].Z;
        }

        IInvertible<FieldElement>.InvertAll(inversesOfZ, fieldScratch);
        for (int i = 0; i < count; i++)
        {
            if (outcomes[i] != SignatureOutcome.Valid) continue;
            keys[i].ToAffine(inversesOfZ[i], out AffinePoint point);
            signers[i] = new Address(TAddressHash.Hash(new PublicKey(point).AsSpan()));
        }
    }

    /// <summary>Checks what can be checked about a signature without its digest, and finds the nonce's point.</summary>
    private static SignatureOutcome Read(ReadOnlySpan<byte> signature, out Scalar r, out Scalar s, out AffinePoint noncePoint)
    {
        noncePoint = default;
        bool rBelowOrder = Scalar.TryRead(signature, out r);
        bool sBelowOrder = Scalar.TryRead(signature[SOffset..], out s);
        byte recoveryId = signature[RecoveryIdOffset];
        if (recoveryId > 3) return SignatureOutcome.RecoveryIdOutOfRange;
        if (!rBelowOrder || r.IsZero) return SignatureOutcome.ROutOfRange;
        if (!sBelowOrder || s.IsZero) return SignatureOutcome.SOutOfRange;
        if (s.IsHigh() != 0) return SignatureOutcome.HighS;
        return Ecdsa.TryFindNoncePoint_Vartime(r, recoveryId, out noncePoint)
            ? SignatureOutcome.Valid
            : SignatureOutcome.NoSuchPoint;
    }
}
