using Coniunctum.Crypto;

namespace Coniunctum.Ledger;

/// <summary>What a sender must know of a chain to sign a transfer for it.</summary>
/// <param name="Profile">The chain's profile.</param>
/// <param name="ChainId">The chain's identity.</param>
/// <param name="TipHeight">The height of the best chain.</param>
/// <param name="Entropy">Where the random part of a tag comes from.</param>
public sealed record TransferContext(ChainProfile Profile, BlockId ChainId, ulong TipHeight, IEntropySource Entropy);
