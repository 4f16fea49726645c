using Coniunctum.Crypto;

namespace Coniunctum.Authority;

/// <summary>A vote that counts until its subject's place changes, its voter is dropped or takes it back, or the epoch ends.</summary>
/// <param name="Voter">Who voted; a signer.</param>
/// <param name="Subject">Whose place is to change.</param>
internal readonly record struct PendingVote(Address Voter, Address Subject);
