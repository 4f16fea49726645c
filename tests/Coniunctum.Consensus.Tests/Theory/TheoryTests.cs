namespace Coniunctum.Consensus.Tests.Theory;

/// <summary>Attacks on the fork choice come out as published; the benchmarks' <c>theory</c> plays 10⁶ trials a cell and more.</summary>
public sealed class TheoryTests
{
    private const int Trials = 20_000;

    // Seeds follow from the cells: what is inside once stays inside, and the long run shows that no seed was chosen.
    public static IEnumerable<TestCaseData> Races =>
        from share in TheoryCells.RaceShares from confirmations in TheoryCells.Confirmations select new TestCaseData(share, confirmations);

    public static IEnumerable<TestCaseData> Pools =>
        from share in TheoryCells.SelfishShares from ties in TheoryCells.Ties select new TestCaseData(share, ties);

    [TestCaseSource(nameof(Races))]
    public void DoubleSpend_SucceedsAsOftenAsRosenfeldSays(double share, int confirmations) =>
        AssertInside(TheoryCells.Race(share, confirmations, Trials));

    [TestCaseSource(nameof(Pools))]
    public void SelfishPool_EarnsWhatEyalAndSirerSay(double share, SelfishTies ties) => AssertInside(TheoryCells.Selfish(share, ties, Trials));

    [Test]
    public void Interval_OfAnotherShare_IsMissed()
    {
        // The comparison itself can fail: the trials of one share against the formula of another.
        TheoryCells.Cell cell = TheoryCells.Race(0.2, 3, Trials);
        Assert.That((cell with { Expected = TheoryCells.Race(0.22, 3, 1).Expected }).IsInside, Is.False);
        TheoryCells.Cell pool = TheoryCells.Selfish(0.4, SelfishTies.Drawn, Trials);
        Assert.That((pool with { Expected = SelfishTrials.Expected(0.4, 1) }).IsInside, Is.False);
    }

    private static void AssertInside(TheoryCells.Cell cell)
    {
        TestContext.Out.WriteLine(Invariant($"expected {cell.Expected:0.00000}, found {cell.Found:0.00000} ± {cell.Error:0.00000}"));
        Assert.That(cell.IsInside, Is.True, $"expected {cell.Expected}, found {cell.Found}, which is {Math.Abs(cell.Found - cell.Expected) / cell.Error:0.0} standard errors off");
    }
}
