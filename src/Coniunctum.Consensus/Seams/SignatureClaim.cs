using Coniunctum.Crypto;

namespace Coniunctum.Consensus;

/// <summary>The claim that an address signed a digest.</summary>
/// <param name="Digest">What was signed.</param>
/// <param name="Signature">The signature, in the profile's scheme.</param>
/// <param name="Signer">Who must have signed it.</param>
public readonly record struct SignatureClaim(Hash256 Digest, ReadOnlyMemory<byte> Signature, Address Signer);
