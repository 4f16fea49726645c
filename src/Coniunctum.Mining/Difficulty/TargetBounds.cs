namespace Coniunctum.Mining.Difficulty;

/// <summary>Between which targets a chain moves, and from where on.</summary>
/// <param name="Limit">The greatest target that a block may have.</param>
/// <param name="First">The target of genesis and of the rule's first block.</param>
public readonly record struct TargetBounds(Target Limit, Target First)
{
    /// <summary>The height of the block behind which the rule begins: genesis, or the last block before a hand-over. Default: 0.</summary>
    public ulong Origin { get; init; }
}
