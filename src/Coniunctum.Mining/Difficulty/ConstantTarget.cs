using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Mining.Difficulty;

/// <summary>
/// The target never changes (the first paper's, whose headers have no time). It protects little history: whoever has more
/// machines later can rewrite it.
/// </summary>
public sealed record ConstantTarget : IDifficultyRule
{
    /// <inheritdoc/>
    public string Name => "constant";

    /// <inheritdoc/>
    public IEnumerable<Parameter> Parameters => [];

    /// <inheritdoc/>
    public bool NeedsTime => false;

    /// <inheritdoc/>
    public TimeSpan FutureAllowance => MedianTime.MaxAllowance;

    /// <inheritdoc/>
    public void ThrowIfImpossible(TargetBounds bounds)
    {
        if (bounds.First != bounds.Limit)
            throw new ArgumentException($"A constant target is its own limit: {bounds.First} is not {bounds.Limit}.");
    }

    /// <inheritdoc/>
    public ulong Reach(ulong height) => height - 1;

    /// <inheritdoc/>
    public Target Next(IAncestors ancestors, TargetBounds bounds, RuleState state) => bounds.First;
}
