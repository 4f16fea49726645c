using Coniunctum.Crypto;

namespace Coniunctum.Applications;

/// <summary>What a token's owner takes in exchange for it. Who accepts gets the token, and the owner what it asks for, in one call.</summary>
/// <param name="Taker">Who may accept; <see cref="Address.Root"/> for anyone.</param>
/// <param name="Against">The token that is taken in exchange; zero for none.</param>
/// <param name="Price">Base units that are taken in exchange, beside the token.</param>
public sealed record TokenOffer(Address Taker, Hash256 Against, ulong Price);
