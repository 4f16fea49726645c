using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>Recoverable ECDSA: 65 bytes r‖s‖v. The signer's key is r⁻¹·(s·R − digest·G), where R is the point that r and v name.</summary>
[SkipLocalsInit]
internal readonly struct EcdsaRecovery : IRecoverable
{
    /// <summary>Where s begins.</summary>
    public const int SOffset = Scalar.Size;

    /// <summary>Where v stands.</summary>
    public const int RecoveryIdOffset = 2 * Scalar.Size;

    /// <summary>The length of a signature in bytes.</summary>
    public const int Length = RecoveryIdOffset + 1;

    static int IRecoverable.Size => Length;

    /// <inheritdoc/>
    public static SignatureOutcome Read(ReadOnlySpan<byte> signature, out LiftedSum sum)
    {
        sum = default;
        bool rBelowOrder = Scalar.TryRead(signature, out Scalar r);
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

    /// <inheritdoc/>
    public static void SetFactors(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> positions, Span<LiftedSum> sums)
    {
        Span<Scalar> inversesOfR = stackalloc Scalar[sums.Length];
        Span<Scalar> scratch = stackalloc Scalar[sums.Length];
        for (int i = 0; i < sums.Length; i++) _ = Scalar.TryRead(signatures.Slice(positions[i] * Length, Scalar.Size), out inversesOfR[i]);
        IInvertible<Scalar>.InvertAll(inversesOfR, scratch);
        for (int i = 0; i < sums.Length; i++)
        {
            ref LiftedSum sum = ref sums[i];
            Scalar s = sum.B;
            _ = Scalar.TryRead(digests[positions[i]].AsSpan(), out Scalar digest);
            Ecdsa.FindKeyFactors(digest, inversesOfR[i], s, out sum.A, out sum.B);
        }
    }

    /// <inheritdoc/>
    public static SignatureOutcome Judge(in LiftedSum sum, ReadOnlySpan<byte> signature) => sum.Outcome switch
    {
        LiftedSumOutcome.Found => SignatureOutcome.Valid,
        LiftedSumOutcome.NoSuchPoint => SignatureOutcome.NoSuchPoint,
        LiftedSumOutcome.Infinity => SignatureOutcome.KeyAtInfinity,
        _ => throw new InvalidOperationException("A sum was not computed."),
    };

    /// <inheritdoc/>
    public static ref readonly AffinePoint KeyOf(in LiftedSum sum) => ref sum.Sum;
}
