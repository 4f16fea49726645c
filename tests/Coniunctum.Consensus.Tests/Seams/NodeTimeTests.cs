namespace Coniunctum.Consensus.Tests.Seams;

/// <summary>When to look whether the wall clock shows a time.</summary>
public sealed class NodeTimeTests
{
    private static readonly NodeTime s_now = new(new Timestamp(1_000_000), new SteadyTime(TimeSpan.FromSeconds(7)));

    [TestCase(0UL, 0)]
    [TestCase(1_000_000UL, 0)]
    [TestCase(1_000_001UL, 1)]
    [TestCase(1_009_999UL, 9_999)]
    [TestCase(1_010_000UL, 10_000)]
    [TestCase(1_010_001UL, 10_000)]
    [TestCase(ulong.MaxValue, 10_000)]
    public void NextLookFor_ATimeOfTheWallClock_IsThen_AndInTenSecondsAtTheLatest(ulong wall, int milliseconds) =>
        Assert.That((s_now.NextLookFor(new Timestamp(wall)) - s_now.Steady).TotalMilliseconds, Is.EqualTo(milliseconds));
}
