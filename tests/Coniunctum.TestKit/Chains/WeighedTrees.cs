using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.TestKit.Chains;

/// <summary>The heaviest subtree as fork choice, whose weights can be looked at: those of the ledger that was built last, or of an earlier one.</summary>
internal sealed class WeighedTrees
{
    private readonly List<Ghost> _built = [];

    public WeighedTrees() => Rule = new ForkChoiceRule("ghost", Build);

    /// <summary>What a profile names.</summary>
    public ForkChoiceRule Rule { get; }

    /// <summary>The number of the ledger that was built last.</summary>
    public int Last => _built.Count - 1;

    /// <summary>Returns the weight of a block's subtree in a ledger, to compare; <c>null</c> for one that is not known there.</summary>
    public object? WeightOf(int ledger, BlockId block) => _built[ledger].WeightOf(block);

    private Ghost Build()
    {
        var ghost = new Ghost();
        _built.Add(ghost);
        return ghost;
    }
}
