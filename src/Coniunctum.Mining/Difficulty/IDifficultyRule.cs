using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Mining.Difficulty;

/// <summary>
/// Which target the next block has: a pure function of its ancestors and of what the rule carries from block to block, in whole
/// numbers only, so that every node finds the same one. Implementations hold their parameters and nothing else.
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

    /// <summary>Returns the lowest ancestor that the target of a block at a height depends on, heights counted from <see cref="TargetBounds.Origin"/>.</summary>
    /// <param name="height">At least 1.</param>
    ulong Reach(ulong height);

    /// <summary>Computes the target of the block after <see cref="IAncestors.Parent"/>.</summary>
    /// <param name="ancestors">Its ancestors, down to <see cref="Reach"/>.</param>
    /// <param name="bounds">Between which targets the chain moves.</param>
    /// <param name="state">What the rule carried to the parent; <see cref="Knows"/> accepts it.</param>
    Target Next(IAncestors ancestors, TargetBounds bounds, RuleState state);

    /// <summary>
    /// Returns what the rule carries on after a block, beginning with <see cref="RuleState.None"/>. By default it carries nothing.
    /// </summary>
    /// <param name="state">What it carried to the parent.</param>
    /// <param name="header">The block's header, which was checked.</param>
    /// <param name="bounds">Between which targets the chain moves.</param>
    RuleState Advance(RuleState state, in HeaderView header, TargetBounds bounds) => state;

    /// <summary>
    /// Whether a state is what the rule needs for a block at a height: not where a chain begins at a header that is taken on trust,
    /// whose rule carried something there. By default always.
    /// </summary>
    /// <param name="height">The block's height, counted from <see cref="TargetBounds.Origin"/>; at least 1.</param>
    /// <param name="state">What the rule carried to the parent, or <see cref="RuleState.None"/> where that is not known.</param>
    bool Knows(ulong height, RuleState state) => true;

    /// <summary>Reads back what the rule carried on after a block, from one's own store. A rule that carries something overrides this.</summary>
    /// <param name="encoded">What <see cref="RuleState.Encode"/> returned.</param>
    /// <exception cref="InvalidDataException">The bytes are no state of this rule: the store is damaged.</exception>
    RuleState ReadState(ReadOnlyMemory<byte> encoded) => encoded.IsEmpty
        ? RuleState.None
        : throw new InvalidDataException($"The rule {Name} carries nothing, and the store has {encoded.Length} bytes for it.");

    /// <summary>
    /// Whether a target can follow its parent's at all: what can be said when a chain begins above <see cref="Reach"/>, or with a
    /// state that is not known. By default every target from 1 to the limit.
    /// </summary>
    /// <param name="target">The target of the block.</param>
    /// <param name="parent">Its parent's.</param>
    /// <param name="height">The block's height, counted from <see cref="TargetBounds.Origin"/>.</param>
    /// <param name="bounds">Between which targets the chain moves.</param>
    bool MayFollow(Target target, Target parent, ulong height, TargetBounds bounds) => !target.IsZero && target <= bounds.Limit;
}
