using Coniunctum.Crypto;

namespace Coniunctum.Consensus;

/// <summary>What recovering the signer of a <see cref="SignatureClaim"/> concluded.</summary>
/// <param name="Outcome">Whether the signature is one at all.</param>
/// <param name="Signer">Who made it; meaningful when it is.</param>
public readonly record struct RecoveredSigner(SignatureOutcome Outcome, Address Signer);
