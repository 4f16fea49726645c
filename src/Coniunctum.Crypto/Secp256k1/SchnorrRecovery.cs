using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>BIP-340 with the key in front: s·G − e·P must be the signature's R.</summary>
[SkipLocalsInit]
internal readonly struct SchnorrRecovery : IRecoverable
{
    static int IRecoverable.Size => Schnorr.Size;

    /// <inheritdoc/>
    public static SignatureOutcome Read(ReadOnlySpan<byte> signature, out LiftedSum sum) => Schnorr.Read(signature, out sum);

    /// <inheritdoc/>
    public static void SetFactors(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> positions, Span<LiftedSum> sums)
    {
        int size = Schnorr.ChallengeSize(Hash256.Size);
        Span<byte> preimages = stackalloc byte[sums.Length * size];
        Span<Hash256> challenges = stackalloc Hash256[sums.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            int position = positions[i];
            Schnorr.WriteChallenge(signatures.Slice(position * Schnorr.Size, Schnorr.Size), digests[position].AsSpan(), preimages.Slice(i * size, size));
        }

        Sha256.HashMany(preimages, size, challenges);
        for (int i = 0; i < sums.Length; i++) Schnorr.SetChallenge(challenges[i], ref sums[i]);
    }

    /// <inheritdoc/>
    public static SignatureOutcome Judge(in LiftedSum sum, ReadOnlySpan<byte> signature) => Schnorr.Judge(sum, signature);

    /// <inheritdoc/>
    public static ref readonly AffinePoint KeyOf(in LiftedSum sum) => ref sum.Lifted;
}
