using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

/// <summary>What a rule says of the ancestors that it needs, against those that it reads.</summary>
public sealed class ReachTests
{
    private const ulong Tip = 40;

    private static readonly TargetBounds s_bounds = new(Target.ForHashes(4), Target.ForHashes(4));

    public static IEnumerable<TestCaseData> Rules
    {
        get
        {
            var spacing = TimeSpan.FromSeconds(1);
            yield return Of(new ConstantTarget(), 7, 6);
            yield return Of(new Asert(spacing, TimeSpan.FromHours(1)), 7, 6);
            yield return Of(new Lwma(spacing, 10), 11, 10);
            yield return Of(new Lwma(spacing, 10), 12, 1);
            yield return Of(new BitcoinRetarget(spacing, 8), 15, 14);
            yield return Of(new BitcoinRetarget(spacing, 8), 16, 8);

            static TestCaseData Of(IDifficultyRule rule, ulong height, ulong lowest) =>
                new TestCaseData(rule, height, lowest).SetArgDisplayNames(rule.Name, Invariant($"{height}"));
        }
    }

    [TestCaseSource(nameof(Rules))]
    public void Reach_OfAHeight_IsTheLowestAncestorThatCounts(IDifficultyRule rule, ulong height, ulong lowest) =>
        Assert.That(rule.Reach(height), Is.EqualTo(lowest));

    [Test]
    public void Next_AtEveryHeight_ReadsDownToItsReach()
    {
        // Asert is not among them: what it needs beside the parent is its state.
        IDifficultyRule[] rules = [new ConstantTarget(), new Lwma(TimeSpan.FromSeconds(1), 10), new BitcoinRetarget(TimeSpan.FromSeconds(1), 8)];
        foreach (IDifficultyRule rule in rules)
        {
            TargetLine line = new TargetLine().Add(1_000, s_bounds.First);
            for (ulong height = 1; height <= Tip; height++)
            {
                var watched = new Watched(line);
                _ = rule.Next(watched, s_bounds, RuleState.None);
                Assert.That(watched.Lowest, Is.EqualTo(rule.Reach(height)), $"{rule.Name} at {height}");
                line.Add(1_000 * (height + 1), s_bounds.First);
            }
        }
    }

    private sealed class Watched(TargetLine line) : IAncestors
    {
        public ulong Lowest { get; private set; } = line.Parent.Height;

        public HeaderView Parent => line.Parent;

        public HeaderView At(ulong height)
        {
            Lowest = Math.Min(Lowest, height);
            return line.At(height);
        }
    }
}
