using Coniunctum.Crypto;

namespace Coniunctum.Authority;

/// <summary>Who sealed a block.</summary>
/// <param name="Height">The block's height.</param>
/// <param name="Signer">Its producer, who may have been dropped since.</param>
internal readonly record struct SealedHeight(ulong Height, Address Signer);
