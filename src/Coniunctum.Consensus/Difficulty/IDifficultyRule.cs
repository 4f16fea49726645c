using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Difficulty;

/// <summary>
/// Which target the next block has: a pure function of its ancestors, in whole numbers only, so that every node finds the same
/// one. Implementations hold their parameters and nothing else.
/// </summary>
public interface IDifficultyRule
{
    /// <summary>The rule's name, to which genesis commits.</summary>
    string Name { get; }

    /// <summary>The rule's own parameters, in an order that never changes.</summary>
    IEnumerable<Parameter> Parameters { get; }

    /// <summary>Whether the rule reads timestamps; it then needs a format whose headers carry them.</summary>
    bool NeedsTime { get; }

    /// <summary>How far ahead of the receiver's clock a header may lie: a small part of the time in which the target moves.</summary>
    TimeSpan FutureAllowance { get; }

    /// <summary>Refuses parameters under which no sound chain can exist.</summary>
    /// <param name="bounds">Between which targets the chain moves; both at least 1, the first not above the limit.</param>
    /// <exception cref="ArgumentException">The message names the parameter and what it must be.</exception>
    void ThrowIfImpossible(TargetBounds bounds);

    /// <summary>Returns the lowest ancestor that the target of a block at a height depends on.</summary>
    /// <param name="height">At least 1.</param>
    ulong Reach(ulong height);

    /// <summary>Computes the target of the block after <see cref="IAncestors.Parent"/>.</summary>
    /// <param name="ancestors">Its ancestors, down to <see cref="Reach"/>.</param>
    /// <param name="bounds">Between which targets the chain moves.</param>
    Target Next(IAncestors ancestors, TargetBounds bounds);

    /// <summary>
    /// Whether a target can follow its parent's at all: what can be said when a chain begins above <see cref="Reach"/>. By
    /// default every target from 1 to the limit.
    /// </summary>
    /// <param name="target">The target of the block.</param>
    /// <param name="parent">Its parent's.</param>
    /// <param name="height">The block's height.</param>
    /// <param name="bounds">Between which targets the chain moves.</param>
    bool MayFollow(Target target, Target parent, ulong height, TargetBounds bounds) => !target.IsZero && target <= bounds.Limit;
}
