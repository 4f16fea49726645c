using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// The chain of most cumulative weight wins. Adding or removing a block takes time logarithmic in the number of chains' ends.
/// </summary>
public sealed class HeaviestChain : IForkChoice
{
    private readonly ChainEnds _ends = new(block => block.ChainWeight);

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
