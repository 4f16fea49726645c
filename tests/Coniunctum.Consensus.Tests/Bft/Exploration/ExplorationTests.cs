namespace Coniunctum.Consensus.Tests.Bft.Exploration;

public sealed class ExplorationTests
{
    [Test]
    public void Probe([Range(0, 3)] int liar, [Values(1, 2, 3)] int rounds)
    {
        var world = new ExploredWorld([.. Enumerable.Range(0, 4).Where(v => v != liar)], [liar], [rounds]);
        var explorer = new Explorer(world);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        bool whole = explorer.Run(20_000_000);
        TestContext.Out.WriteLine($"liar {liar} rounds {rounds}: {explorer.States:N0} states, {explorer.Steps:N0} steps, {explorer.LocalStates} local, {explorer.LockChanges} lock changes, {explorer.Ends} ends, whole {whole}, {watch.Elapsed}");
        Assert.That(explorer.Fault, Is.Null);
    }
}
