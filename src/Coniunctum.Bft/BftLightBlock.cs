using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>What a light client needs of a block: no transactions, no state.</summary>
/// <param name="Header">The header.</param>
/// <param name="Certificate">The certificate that is stored beside the block.</param>
/// <param name="Validators">
/// The set that certifies this block, where it is another than the one before; else <c>null</c>. The header before it commits
/// to it by its target.
/// </param>
public sealed record BftLightBlock(BlockHeader Header, ReadOnlyMemory<byte> Certificate, ValidatorSet? Validators = null);
