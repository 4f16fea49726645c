using Coniunctum.Ledger;
using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests;

/// <summary>What must hold under every rule, whatever happens to links, clocks and stores.</summary>
public sealed class FaultTests
{
    private const ulong Height = 5;

    private static readonly SceneRule[] s_rules = [SceneRule.Work, SceneRule.Signer, SceneRule.Vote];

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    [Test]
    public void Run_OverLinksThatBreakAndRepeat_EndsInAgreement([ValueSource(nameof(s_rules))] SceneRule rule, [Range(1, 10)] int seed)
    {
        // What takes three messages to get around, and is followed by the next a second later, never is everywhere at once over slower links.
        var links = new LinkOptions { Loss = 0.3, Resets = 0.01, GreatestDelay = TimeSpan.FromMilliseconds(rule == SceneRule.Work ? 2_000 : 300) };
        var world = new World((ulong)seed, new WorldOptions { Links = links });
        Scene.Of(world, rule).RunToAgreement(10, s_limit);
    }

    [Test]
    public void Run_WithACrashAtEveryCommit_LosesNothingThatWasAcknowledged(
        [ValueSource(nameof(s_rules))] SceneRule rule, [Values(CommitFault.CrashBefore, CommitFault.CrashAfter)] CommitFault fault)
    {
        int commits = CommitsOf(rule);
        Assert.That(commits, Is.GreaterThanOrEqualTo((int)Height));
        for (int commit = 0; commit < commits; commit++)
        {
            var world = new World(21);
            Scene scene = Scene.Of(world, rule);
            scene[0].FailCommit(commit, fault, TimeSpan.FromSeconds(1));
            int crashes = 0;
            BlockId acknowledged = scene[0].Chain.Genesis.Id;
            world.Observer = happened =>
            {
                if (happened.Node != 0) return;
                if (happened.Kind == WorldEventKind.TipMoved) acknowledged = IdOf(happened);
                if (happened.Kind == WorldEventKind.Crashed) crashes++;
                if (happened.Kind != WorldEventKind.Started || crashes == 0) return;
                BlockId parent = scene[0].Chain.Tip.Header.Previous;
                Assert.That(
                    IdOf(happened) == acknowledged || (fault == CommitFault.CrashAfter && parent == acknowledged),
                    Is.True,
                    $"{rule}: after the crash at commit {commit} the tip is {IdOf(happened)}, {acknowledged} was acknowledged.");
            };
            scene.RunToAgreement(Height + 3, s_limit);
            Assert.That(crashes, Is.EqualTo(1), $"{rule}: commit {commit}");
        }
    }

    [Test]
    public void Run_WithCrashesAtAnyTime_EndsInAgreement([ValueSource(nameof(s_rules))] SceneRule rule, [Range(1, 10)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
        Scene scene = Scene.Of(world, rule);
        for (int i = 0; i < 6; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            SimulatedNode victim = world.Nodes[world.Random.Below(Scene.Size)];
            if (victim.IsUp) victim.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        }

        scene.RunToAgreement(8, s_limit);
    }

    [Test]
    public void Run_WithAFailingCommit_StopsThatNodeWhichSaysSo([ValueSource(nameof(s_rules))] SceneRule rule, [Range(0, 4)] int commit)
    {
        var world = new World(31);
        Scene scene = Scene.Of(world, rule);
        scene[0].FailCommit(commit, CommitFault.Fails, default);
        bool halted = world.RunUntil(() => scene[0].Fault is not null, s_limit);
        Assert.That(halted, Is.True);
        Assert.That(scene[0].Fault, Does.Contain("commit"));

        int said = 0;
        world.Observer = happened =>
        {
            if (happened is { Node: 0, Kind: WorldEventKind.Sent, Subject: "vote" or "proposal" }) said++;
        };
        int begun = scene[0].Store.Begun;
        BlockId tip = scene[0].Chain.Tip.Id;
        ulong height = scene[1].Chain.Tip.Header.Height;
        scene[0].Submit(scene.Pay(0, 1, 1));
        world.RunFor(TimeSpan.FromMinutes(1));
        Assert.That(scene[0].Store.Begun, Is.EqualTo(begun));
        Assert.That(scene[0].Chain.Tip.Id, Is.EqualTo(tip));
        Assert.That(scene[0].Chain.PoolCount, Is.Zero);
        Assert.That(said, Is.Zero, "A halted validator is silent.");
        if (rule == SceneRule.Work) Assert.That(scene[1].Chain.Tip.Header.Height, Is.GreaterThan(height), "the others go on");

        scene[0].CrashAndRestart(TimeSpan.FromSeconds(1));
        scene.RunToAgreement(Height, s_limit);
        Assert.That(scene[0].Fault, Is.Null);
    }

    [Test]
    public void Run_WithClocksAnHourApart_EndsInAgreement([ValueSource(nameof(s_rules))] SceneRule rule)
    {
        var world = new World(41);
        Scene scene = Scene.Of(world, rule, (index, options) => options with
        {
            ClockOffset = TimeSpan.FromHours(index - 1),
            ClockDriftPerMillion = 1_000 * (index - 1),
        });
        world.Schedule(TimeSpan.FromSeconds(7), "jump", () => scene[1].Clock.Offset -= TimeSpan.FromMinutes(30));
        scene.RunToAgreement(10, s_limit);
    }

    [Test]
    public void Submit_AtAnyNode_IsConfirmedAtAll([ValueSource(nameof(s_rules))] SceneRule rule, [Range(0, Scene.Size - 1)] int at)
    {
        var world = new World(51, new WorldOptions { Links = new LinkOptions { Loss = 0.3 } });
        Scene scene = Scene.Of(world, rule);
        world.RunFor(TimeSpan.FromSeconds(1));
        int other = (at + 1) % Scene.Size;
        Transaction payment = scene.Pay(at, other, 7);
        scene[at].Submit(payment);
        bool confirmed = world.RunUntil(
            () => world.Nodes.All(node => node.Chain.State.IsTagUsed(payment.Sender, payment.Tag)), s_limit);

        Assert.That(confirmed, Is.True);
        Assert.That(world.Nodes.Select(node => node.Chain.PoolCount), Is.All.Zero);
    }

    private static BlockId IdOf(WorldEvent happened) => new(new Crypto.Hash256(happened.Content.Span));

    private static int CommitsOf(SceneRule rule)
    {
        var world = new World(21);
        Scene scene = Scene.Of(world, rule);
        scene.RunToAgreement(Height, s_limit);
        return scene[0].Store.Begun;
    }
}
