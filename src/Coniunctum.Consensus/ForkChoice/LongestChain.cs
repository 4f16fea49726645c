using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// The chain of most blocks wins, whatever they weigh. Sound only where every block costs the same: otherwise many cheap blocks
/// beat few costly ones.
/// </summary>
public sealed class LongestChain : IForkChoice
{
    private readonly ChainEnds _ends = new(block => Work.From(block.Height));

    /// <inheritdoc/>
    public BlockId Head => _ends.Best;

    /// <inheritdoc/>
    public void Anchor(in ForkChoiceBlock block) => _ends.Anchor(block);

    /// <inheritdoc/>
    public void Add(in ForkChoiceBlock block) => _ends.Add(block);

    /// <inheritdoc/>
    public void Remove(BlockId block) => _ends.Remove(block);

    /// <inheritdoc/>
    public void Detach(BlockId block) => _ends.Detach(block);
}
