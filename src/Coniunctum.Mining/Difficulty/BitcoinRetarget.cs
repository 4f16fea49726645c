using System.Numerics;
using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Mining.Difficulty;

/// <summary>
/// Bitcoin's rule: the target changes once in a window of blocks, by the ratio of the time that the window took to the time
/// that it should have taken, at most fourfold either way, and is rounded to what four bytes can say.
/// </summary>
/// <remarks>
/// The time is measured from a window's first block to its last, one interval less than the window has blocks (Bitcoin Core,
/// pow.cpp). Windows do not overlap, so that false timestamps at their ends can lower the difficulty for ever ("timewarp").
/// </remarks>
public sealed record BitcoinRetarget : IDifficultyRule
{
    private const int MaxFactor = 4;

    // Longer windows would reach further back than chains without a full store remember.
    private const int MaxWindow = 1 << 16;

    /// <summary>Sets the pace.</summary>
    /// <param name="spacing">The intended time between blocks. Bitcoin's: 10 min.</param>
    /// <param name="window">After how many blocks the target changes; at least 2.</param>
    public BitcoinRetarget(TimeSpan spacing, int window = 2016) => (Spacing, Window) = (spacing, window);

    /// <summary>The intended time between blocks.</summary>
    public TimeSpan Spacing { get; }

    /// <summary>After how many blocks the target changes.</summary>
    public int Window { get; }

    /// <inheritdoc/>
    public string Name => "bitcoin";

    /// <inheritdoc/>
    public IEnumerable<Parameter> Parameters => [Pace.Parameter("bitcoin.spacing", Spacing), new("bitcoin.window", (ulong)Window)];

    /// <inheritdoc/>
    public bool NeedsTime => true;

    /// <inheritdoc/>
    public TimeSpan FutureAllowance => MedianTime.MaxAllowance;

    private long IntendedMilliseconds => Pace.Milliseconds(Spacing) * Window;

    /// <inheritdoc/>
    public void ThrowIfImpossible(TargetBounds bounds)
    {
        Pace.Require("spacing", Spacing);
        if (Window is < 2 or > MaxWindow) throw new ArgumentException(Invariant($"The window must have 2 to {MaxWindow} blocks, not {Window}."));
        if (Round(bounds.First.ToNumber()) != bounds.First)
            throw new ArgumentException($"The first target {bounds.First} has more digits than a compact target has room for.");
    }

    /// <inheritdoc/>
    public ulong Reach(ulong height) => IsBoundary(height) ? height - (ulong)Window : height - 1;

    /// <inheritdoc/>
    public Target Next(IAncestors ancestors, TargetBounds bounds, RuleState state)
    {
        HeaderView parent = ancestors.Parent;
        // Another rule's block before a hand-over may hold no target at all.
        if (bounds.Origin > 0 && parent.Height == bounds.Origin) return bounds.First;
        var target = new Target(parent.Header.Target);
        if (!IsBoundary(parent.Height + 1 - bounds.Origin)) return target;
        HeaderView first = ancestors.At(parent.Height + 1 - (ulong)Window);
        long taken = (long)parent.Header.Timestamp.UnixMilliseconds - (long)first.Header.Timestamp.UnixMilliseconds;
        return After(target, taken, bounds.Limit);
    }

    /// <inheritdoc/>
    public bool MayFollow(Target target, Target parent, ulong height, TargetBounds bounds)
    {
        if (!IsBoundary(height)) return target == parent;
        // What no time between the window's ends can lead to (Bitcoin Core, PermittedDifficultyTransition).
        return target >= After(parent, long.MinValue, bounds.Limit) && target <= After(parent, long.MaxValue, bounds.Limit);
    }

    /// <summary>Computes the target after a window of one target that took a time.</summary>
    /// <param name="target">The window's target.</param>
    /// <param name="taken">Milliseconds from its first block to its last; may be negative.</param>
    /// <param name="limit">The greatest target.</param>
    internal Target After(Target target, long taken, Target limit)
    {
        long intended = IntendedMilliseconds;
        long counted = Math.Clamp(taken, intended / MaxFactor, intended * MaxFactor);
        Target next = Target.Clamp(target.ToNumber() * counted / intended, limit);
        return Round(next.ToNumber());
    }

    private static Target Round(BigInteger number) =>
        CompactTarget.From(Target.FromNumber(number)).Expand(out Target rounded) == CompactOutcome.Valid ? rounded : Target.One;

    private bool IsBoundary(ulong height) => height % (ulong)Window == 0;
}
