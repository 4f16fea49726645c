namespace Coniunctum.Crypto;

/// <summary>What every outcome answers, for one that is a code alone.</summary>
public static class SignatureOutcomeExtensions
{
    extension(SignatureOutcome outcome)
    {
        /// <summary>Whether the signature names its signer.</summary>
        public bool IsValid => outcome == SignatureOutcome.Valid;
    }
}
