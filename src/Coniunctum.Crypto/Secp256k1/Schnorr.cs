using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// Schnorr signatures of BIP-340 together with the key: 96 bytes P.x‖R.x‖s, where P and R have an even y and
/// R = s·G − e·P for e = H(R.x‖P.x‖message).
/// </summary>
[SkipLocalsInit]
internal static class Schnorr
{
    /// <summary>The length of a key and its signature in bytes.</summary>
    public const int Size = SOffset + Scalar.Size;

    /// <summary>The length of the auxiliary random data in bytes.</summary>
    public const int AuxiliarySize = 32;

    private const int ROffset = FieldElement.Size;
    private const int SOffset = ROffset + FieldElement.Size;
    private const int HashSize = 32;
    private const int TagSize = 2 * HashSize;
    private const int PreimageOffset = TagSize + (2 * HashSize); // what is hashed before a message

    private static readonly byte[] s_auxiliaryTag = SHA256.HashData("BIP0340/aux"u8);
    private static readonly byte[] s_nonceTag = SHA256.HashData("BIP0340/nonce"u8);
    private static readonly byte[] s_challengeTag = SHA256.HashData("BIP0340/challenge"u8);

    /// <summary>The length of what <see cref="WriteChallenge"/> writes, in bytes.</summary>
    public static int ChallengeSize(int messageLength) => PreimageOffset + messageLength;

    /// <summary>Signs a message. The time is the same for every key and message of the same length.</summary>
    /// <param name="privateKey">The private key, not zero.</param>
    /// <param name="publicKey">Its public key.</param>
    /// <param name="message">The message.</param>
    /// <param name="auxiliary">32 bytes, random or zero. Random ones make it harder to learn the key from side channels.</param>
    /// <param name="signature">Receives P.x‖R.x‖s.</param>
    public static void Sign(
        in Scalar privateKey, in PublicKey publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliary, Span<byte> signature)
    {
        publicKey.ToPoint(out AffinePoint point);
        Scalar.NegateWhere(OddMask(point), privateKey, out Scalar secret);
        point.X.Write(signature);

        FindNonce(secret, signature[..ROffset], message, auxiliary, out Scalar nonce);
        GeneratorMultiplication.Multiply(nonce, out AffinePoint noncePoint);
        noncePoint.X.Write(signature[ROffset..]);
        Scalar.NegateWhere(OddMask(noncePoint), nonce, out nonce);

        Span<byte> preimage = message.Length <= HashSize ? stackalloc byte[PreimageOffset + HashSize] : new byte[ChallengeSize(message.Length)];
        preimage = preimage[..ChallengeSize(message.Length)];
        WriteChallenge(signature, message, preimage);
        ReadHash(preimage, out Scalar challenge);
        Scalar.Multiply(challenge, secret, out Scalar s);
        Scalar.Add(s, nonce, out s);
        s.Write(signature[SOffset..]);
        Secret.Wipe(ref secret);
        Secret.Wipe(ref nonce);
    }

    /// <summary>Checks what can be checked about a signature without computing with points.</summary>
    /// <param name="signature">P.x‖R.x‖s.</param>
    /// <param name="sum">Receives P and s in the sum that has to be R. Its factor of P is still missing.</param>
    /// <returns><see cref="SignatureOutcome.Valid"/> as far as one can tell.</returns>
    public static SignatureOutcome Read(ReadOnlySpan<byte> signature, out LiftedSum sum)
    {
        sum = default;
        if (!FieldElement.TryRead(signature[ROffset..], out _)) return SignatureOutcome.ROutOfRange;
        if (!Scalar.TryRead(signature[SOffset..], out sum.A)) return SignatureOutcome.SOutOfRange;
        return FieldElement.TryRead(signature, out sum.Lifted.X) ? SignatureOutcome.Valid : SignatureOutcome.NoSuchPoint;
    }

    /// <summary>Writes what the challenge e is the hash of.</summary>
    public static void WriteChallenge(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, Span<byte> preimage)
    {
        s_challengeTag.CopyTo(preimage);
        s_challengeTag.CopyTo(preimage[HashSize..]);
        signature[ROffset..SOffset].CopyTo(preimage[TagSize..]);
        signature[..ROffset].CopyTo(preimage[(TagSize + HashSize)..]);
        message.CopyTo(preimage[PreimageOffset..]);
    }

    /// <summary>Sets the factor of P to −e.</summary>
    /// <param name="challenge">The challenge's hash.</param>
    /// <param name="sum">What <see cref="Read"/> made.</param>
    public static void SetChallenge(in Hash256 challenge, ref LiftedSum sum)
    {
        _ = Scalar.TryRead(challenge.AsSpan(), out sum.B);
        Scalar.Negate(sum.B, out sum.B);
    }

    /// <summary>Whether the sum is the R of the signature.</summary>
    public static SignatureOutcome Judge(in LiftedSum sum, ReadOnlySpan<byte> signature)
    {
        if (sum.Outcome == LiftedSumOutcome.NoSuchPoint) return SignatureOutcome.NoSuchPoint;
        if (sum.Outcome != LiftedSumOutcome.Found || sum.Sum.Y.IsOdd) return SignatureOutcome.Mismatch;
        Span<byte> x = stackalloc byte[FieldElement.Size];
        sum.Sum.X.Write(x);
        return x.SequenceEqual(signature[ROffset..SOffset]) ? SignatureOutcome.Valid : SignatureOutcome.Mismatch;
    }

    private static void FindNonce(
        in Scalar secret, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliary, out Scalar nonce)
    {
        // H(t‖P.x‖message) for t = secret ⊕ H(auxiliary).
        Span<byte> memory = message.Length <= HashSize ? stackalloc byte[PreimageOffset + HashSize] : new byte[ChallengeSize(message.Length)];
        memory = memory[..ChallengeSize(message.Length)];
        Span<byte> masked = memory.Slice(TagSize, HashSize);
        Span<byte> mask = stackalloc byte[HashSize];
        s_auxiliaryTag.CopyTo(memory);
        s_auxiliaryTag.CopyTo(memory[HashSize..]);
        auxiliary.CopyTo(masked);
        SHA256.HashData(memory[..(TagSize + AuxiliarySize)], mask);
        secret.Write(masked);
        for (int i = 0; i < HashSize; i++)
            masked[i] ^= mask[i];

        s_nonceTag.CopyTo(memory);
        s_nonceTag.CopyTo(memory[HashSize..]);
        publicKey.CopyTo(memory[(TagSize + HashSize)..]);
        message.CopyTo(memory[PreimageOffset..]);
        ReadHash(memory, out nonce);
        CryptographicOperations.ZeroMemory(memory);

        // Who finds a message for this has found a preimage under SHA-256.
        if (nonce.IsZero) throw new CryptographicException("The nonce is zero.");
    }

    private static void ReadHash(ReadOnlySpan<byte> data, out Scalar value)
    {
        Span<byte> hash = stackalloc byte[HashSize];
        SHA256.HashData(data, hash);
        _ = Scalar.TryRead(hash, out value);
        CryptographicOperations.ZeroMemory(hash);
    }

    private static ulong OddMask(in AffinePoint point) => point.Y.IsOdd ? ulong.MaxValue : 0;
}
