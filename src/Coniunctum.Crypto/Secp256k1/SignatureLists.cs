namespace Coniunctum.Crypto.Secp256k1;

/// <summary>What the implementations of <see cref="ISignatureScheme.RecoverMany"/> share.</summary>
internal static class SignatureLists
{
    /// <summary>Checks the lengths.</summary>
    /// <exception cref="ArgumentException">They do not fit together.</exception>
    public static void RequireEqualLengths(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, int signatureSize, ReadOnlySpan<Address> signers, ReadOnlySpan<SignatureOutcome> outcomes)
    {
        long bytes = (long)digests.Length * signatureSize;
        if (signatures.Length != bytes)
            throw new ArgumentException(Invariant($"{digests.Length} digests need {bytes} bytes of signatures, not {signatures.Length}."), nameof(signatures));
        if (signers.Length != digests.Length)
            throw new ArgumentException($"There is room for {signers.Length} signers of {digests.Length} digests.", nameof(signers));
        if (outcomes.Length != digests.Length)
            throw new ArgumentException($"There is room for {outcomes.Length} outcomes of {digests.Length} digests.", nameof(outcomes));
    }
}
