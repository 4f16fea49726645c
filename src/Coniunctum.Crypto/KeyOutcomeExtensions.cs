namespace Coniunctum.Crypto;

/// <summary>What every outcome answers, for one that is a code alone.</summary>
public static class KeyOutcomeExtensions
{
    extension(KeyOutcome outcome)
    {
        /// <summary>Whether the bytes are a key.</summary>
        public bool IsValid => outcome == KeyOutcome.Valid;
    }
}
