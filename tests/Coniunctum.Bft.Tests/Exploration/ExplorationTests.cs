namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>
/// Small worlds, wholly: four validators, one of which says anything to anybody. CONIUNCTUM_LONG=1 adds a third round.
/// </summary>
[Category("Long")]
public sealed class ExplorationTests
{
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";

    [TestCaseSource(nameof(Worlds))]
    public void EveryRun_DecidesOneBlockAndContradictsNothing(string name, object subject, bool hasLockChange)
    {
        var world = (ExploredWorld)subject;
        var explorer = new Explorer(world);
        bool isWhole = explorer.Run(long.MaxValue);
        TestContext.Out.WriteLine(
            Invariant($"{name}: {explorer.States:N0} states, {explorer.Steps:N0} steps, {explorer.LocalStates:N0} of single validators, {explorer.LockChanges:N0} with a changed lock, {explorer.Ends:N0} decided by all"));
        Assert.That(explorer.Fault, Is.Null);
        Assert.That(isWhole, Is.True);
        Assert.That(explorer.Ends, Is.Positive, "A world in which nobody ever decides shows nothing.");
        if (hasLockChange) Assert.That(explorer.LockChanges, Is.Positive);
        if (!world.SetsAfter.IsEmpty) Assert.That(explorer.FirstBlocks, Is.EquivalentTo(new[] { 0, 1 }), "One of them changes the set.");
    }

    [Test]
    public void RunsOfMachinesThatForgetNothing_StayAmongTheExploredStates([Range(0, 3)] int liar)
    {
        // What the exploration leaves out must make no difference: whatever the machines come to with all that they have heard
        // in memory, one message at a time, is among its states.
        ExploredWorld world = Four(liar, 2);
        Explorer explorer = Explored(world);
        int runs = s_isLong ? 10_000 : 300;
        int states = 0;
        for (int seed = 1; seed <= runs; seed++)
        {
            var run = new WholeRun(world, seed);
            for (int step = 0; step < 60; step++, states++)
            {
                run.Step();
                Assert.That(explorer.HasSeen(run.States), Is.True, $"Seed {seed}, step {step}");
            }
        }

        TestContext.Out.WriteLine(Invariant($"liar {liar}: seeds 1 to {runs}, {states:N0} states"));
    }

    [Test]
    public void LocksThatAreForgotten_AreFound()
    {
        var world = Four(1, 2) with
        {
            Fault = (before, after) => after.Round > before.Round ? after with { Locked = null, LockedRound = -1 } : after,
        };
        Assert.That(Explored(world).Fault, Does.StartWith("two blocks at one height"));
    }

    [Test]
    public void LocksThatALaterPolkaDoesNotOpenFor_AreNoFaultOfAgreement()
    {
        // Whoever never unlocks endangers progress alone: the explorer must not cry wolf.
        var world = Four(1, 2) with
        {
            Fault = (before, after) => before.Locked is null ? after : after with { Locked = before.Locked, LockedRound = int.MaxValue },
        };
        Assert.That(Explored(world).Fault, Is.Null);
    }

    [Test]
    public void AThirdAndMoreOfLiars_AreFound() =>
        Assert.That(Explored(new ExploredWorld([0, 1], [2, 3], [1])).Fault, Does.StartWith("two blocks at one height"));

    [Test]
    public void VotesThatAreForgotten_AreFound()
    {
        var world = Four(3, 1) with { Fault = (_, after) => after.Step == BftStep.Prevote ? after with { Step = BftStep.Propose } : after };
        Assert.That(Explored(world).Fault, Does.Contain("after another"));
    }

    private static IEnumerable<TestCaseData> Worlds()
    {
        for (int liar = 0; liar < 4; liar++) yield return Case(Invariant($"two rounds, liar {liar}"), Four(liar, 2), hasLockChange: true);
        yield return Case("a change of the set, one round and two", WithChange([1, 2]), hasLockChange: true);
        if (!s_isLong) yield break;
        for (int liar = 0; liar < 4; liar++) yield return Case(Invariant($"three rounds, liar {liar}"), Four(liar, 3), hasLockChange: true);
    }

    private static TestCaseData Case(string name, ExploredWorld world, bool hasLockChange) =>
        new TestCaseData(name, world, hasLockChange).SetArgDisplayNames(name);

    private static ExploredWorld Four(int liar, int rounds) => new([.. Enumerable.Range(0, 4).Where(number => number != liar)], [liar], [rounds]);

    /// <summary>Behind a first block 0 the third validator is gone and the first two count double; behind a first block 1 nothing changes.</summary>
    private static ExploredWorld WithChange(int[] rounds) => new([0, 1, 2], [3], [.. rounds])
    {
        SetsAfter = [[(0, 2), (1, 2), (3, 1)], [(0, 1), (1, 1), (2, 1), (3, 1)]],
    };

    private static Explorer Explored(ExploredWorld world)
    {
        var explorer = new Explorer(world);
        explorer.Run(long.MaxValue);
        return explorer;
    }
}
