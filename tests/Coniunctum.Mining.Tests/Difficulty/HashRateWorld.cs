using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

/// <summary>
/// Miners of a hash rate under a difficulty rule, with headers that have nothing but times and targets. At rate 1 a block at the
/// first target takes one spacing on average.
/// </summary>
/// <param name="rule">The rule.</param>
/// <param name="spacing">The intended time between blocks.</param>
/// <param name="random">Draws solve times; <c>null</c> for the mean each time.</param>
internal sealed class HashRateWorld(IDifficultyRule rule, TimeSpan spacing, Random? random = null)
{
    private readonly double _spacing = spacing.TotalMilliseconds;
    private readonly TargetLine _line = new();
    private RuleState _state = RuleState.None;

    public TargetBounds Bounds { get; init; } = new(Target.ForHashes(1), Target.ForHashes(1UL << 40));

    /// <summary>The true time in milliseconds.</summary>
    public double Now { get; private set; } = 1e12;

    public double HashRate { get; set; } = 1;

    /// <summary>The difficulty that the next block has, 1 at the first target.</summary>
    public double Difficulty => DifficultyOf(rule.Next(_line, Bounds, _state));

    public int Height => _line.Count - 1;

    /// <summary>Which time the next block claims, of the true one and the ancestors'; by default the true one.</summary>
    public Func<double, IAncestors, double> Clock { get; set; } = (now, _) => now;

    public HashRateWorld Begin()
    {
        _line.Add((ulong)Now, Bounds.First);
        return this;
    }

    /// <summary>No one mines for a while.</summary>
    public void Pause(TimeSpan duration) => Now += duration.TotalMilliseconds;

    public void MineBlock()
    {
        Target target = rule.Next(_line, Bounds, _state);
        double mean = _spacing * DifficultyOf(target) / HashRate;
        Now += random is null ? mean : -Math.Log(1 - random.NextDouble()) * mean;
        var claimed = new Timestamp((ulong)Math.Clamp(Clock(Now, _line), 0, Now + rule.FutureAllowance.TotalMilliseconds));
        _line.Add(MedianTime.ForCandidate(claimed, _line).UnixMilliseconds, target);
        _state = rule.Advance(_state, _line.Parent, Bounds);
    }

    public void MineFor(TimeSpan duration)
    {
        double end = Now + duration.TotalMilliseconds;
        while (Now < end) MineBlock();
    }

    public void MineBlocks(int count)
    {
        for (int i = 0; i < count; i++) MineBlock();
    }

    private double DifficultyOf(Target target) => (double)Bounds.First.ToNumber() / (double)target.ToNumber();
}
