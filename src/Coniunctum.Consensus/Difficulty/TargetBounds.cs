namespace Coniunctum.Consensus.Difficulty;

/// <summary>Between which targets a chain moves.</summary>
/// <param name="Limit">The greatest target that a block may have.</param>
/// <param name="First">The target of genesis and of the first block.</param>
public readonly record struct TargetBounds(Target Limit, Target First);
