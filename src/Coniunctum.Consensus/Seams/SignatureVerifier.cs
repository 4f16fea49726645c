using System.Collections.Immutable;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus;

/// <summary>Answers signature claims: what the shells around the machines run on their workers.</summary>
public static class SignatureVerifier
{
    /// <summary>Recovers the signers of claims.</summary>
    /// <param name="scheme">The profile's scheme.</param>
    /// <param name="claims">The claims, untrusted.</param>
    /// <returns>One answer for each claim, in order. Whether a signer is the claimed one is for the caller to compare.</returns>
    public static ImmutableArray<RecoveredSigner> Recover(ISignatureScheme scheme, ReadOnlySpan<SignatureClaim> claims)
    {
        var digests = new Hash256[claims.Length];
        byte[] signatures = new byte[claims.Length * scheme.SignatureSize];
        for (int i = 0; i < claims.Length; i++)
        {
            digests[i] = claims[i].Digest;
            // A signature of another length stays zero here and is answered below: the batch takes one length only.
            if (claims[i].Signature.Length == scheme.SignatureSize)
                claims[i].Signature.Span.CopyTo(signatures.AsSpan(i * scheme.SignatureSize));
        }

        var signers = new Address[claims.Length];
        var outcomes = new SignatureOutcome[claims.Length];
        scheme.RecoverMany(digests, signatures, signers, outcomes);

        ImmutableArray<RecoveredSigner>.Builder answers = ImmutableArray.CreateBuilder<RecoveredSigner>(claims.Length);
        for (int i = 0; i < claims.Length; i++)
        {
            answers.Add(claims[i].Signature.Length == scheme.SignatureSize
                ? new RecoveredSigner(outcomes[i], signers[i])
                : new RecoveredSigner(SignatureOutcome.WrongLength, default));
        }

        return answers.MoveToImmutable();
    }
}
