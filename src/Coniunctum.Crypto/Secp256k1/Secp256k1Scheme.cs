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
        SignatureLists.RequireEqualLengths(digests, signatures, Length, signers, outcomes);
        for (int start = 0; start < digests.Length; start += LiftedSums.MaxCount)
        {
            int count = Math.Min(LiftedSums.MaxCount, digests.Length - start);
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
        // Well-formed signatures move up, so that those that are not cost no lane.
        Span<LiftedSum> sums = stackalloc LiftedSum[digests.Length];
        Span<byte> positions = stackalloc byte[digests.Length];
        Span<Scalar> inversesOfR = stackalloc Scalar[digests.Length];
        int count = 0;
        for (int i = 0; i < digests.Length; i++)
        {
            signers[i] = default;
            outcomes[i] = Read(signatures.Slice(i * Length, Length), out inversesOfR[count], out sums[count]);
            if (outcomes[i] == SignatureOutcome.Valid) positions[count++] = (byte)i;
        }

        if (count == 0) return;
        Span<Scalar> scratch = stackalloc Scalar[count];
        IInvertible<Scalar>.InvertAll(inversesOfR[..count], scratch);
        for (int i = 0; i < count; i++)
        {
            ref LiftedSum sum = ref sums[i];
            Scalar s = sum.B;
            _ = Scalar.TryRead(digests[positions[i]].AsSpan(), out Scalar digest);
            Ecdsa.FindKeyFactors(digest, inversesOfR[i], s, out sum.A, out sum.B);
        }

        LiftedSums.Compute_Vartime(sums[..count]);
        Span<PublicKey> keys = stackalloc PublicKey[count];
        int found = 0;
        for (int i = 0; i < count; i++)
        {
            byte position = positions[i];
            outcomes[position] = sums[i].Outcome switch
            {
                LiftedSumOutcome.Found => SignatureOutcome.Valid,
                LiftedSumOutcome.NoSuchPoint => SignatureOutcome.NoSuchPoint,
                LiftedSumOutcome.Infinity => SignatureOutcome.KeyAtInfinity,
                _ => throw new InvalidOperationException("A sum was not computed."),
            };
            if (sums[i].Outcome != LiftedSumOutcome.Found) continue;
            keys[found] = new PublicKey(sums[i].Sum);
            positions[found++] = position;
        }

        AddressHashing<TAddressHash>.WriteAddresses(keys[..found], positions, signers);
    }

    /// <summary>Checks what can be checked about a signature without computing with points.</summary>
    /// <param name="signature">65 bytes.</param>
    /// <param name="r">The number r.</param>
    /// <param name="sum">Receives the point to lift, and s for its factor.</param>
    /// <returns><see cref="SignatureOutcome.Valid"/> as far as one can tell.</returns>
    private static SignatureOutcome Read(ReadOnlySpan<byte> signature, out Scalar r, out LiftedSum sum)
    {
        sum = default;
        bool rBelowOrder = Scalar.TryRead(signature, out r);
        bool sBelowOrder = Scalar.TryRead(signature[SOffset..], out sum.B);
        byte recoveryId = signature[RecoveryIdOffset];
        if (recoveryId > 3) return SignatureOutcome.RecoveryIdOutOfRange;
        if (!rBelowOrder || r.IsZero) return SignatureOutcome.ROutOfRange;
        if (!sBelowOrder || sum.B.IsZero) return SignatureOutcome.SOutOfRange;
        if (sum.B.IsHigh() != 0) return SignatureOutcome.HighS;
        if (!Ecdsa.TryFindNonceX_Vartime(r, recoveryId, out sum.Lifted.X)) return SignatureOutcome.NoSuchPoint;
        sum.IsOdd = (recoveryId & 1) != 0;
        return SignatureOutcome.Valid;
    }
}
