using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests;

/// <summary>
/// Nodes that are slow: steps and readings take time, inputs queue, jobs overtake each other, commits gather. CONIUNCTUM_LONG=1
/// runs 200 seeds of each.
/// </summary>
[Category("Long")]
public sealed class LoadTests
{
    private static readonly int[] s_seeds = [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 200 : 4)];

    private static readonly SceneRule[] s_rules = [SceneRule.Work, SceneRule.Signer, SceneRule.Vote];

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    [Test]
    public void Run_OfSlowNodesAmongCrashes_EndsInAgreement([ValueSource(nameof(s_rules))] SceneRule rule, [ValueSource(nameof(s_seeds))] int seed)
    {
        World world = Build((ulong)seed, rule, out Scene scene);
        for (int i = 0; i < 6; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(6)));
            SimulatedNode victim = world.Nodes[world.Random.Below(Scene.Size)];
            if (victim.IsUp) victim.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)));
            if (world.Nodes[0].IsUp && world.Nodes[0].Chain.Tip.Header.Height > 0) world.Nodes[0].Submit(scene.Pay(0, 1, 1));
        }

        scene.RunToAgreement(12, s_limit);
        Assert.That(world.Nodes.Select(node => node.Fault), Is.All.Null);
    }

    [Test]
    public void RunTwice_OfSlowNodes_IsTheSame([ValueSource(nameof(s_rules))] SceneRule rule)
    {
        Replay.RunTwice(71, world =>
        {
            Scene scene = Scene.Of(world, rule, Slow);
            world.Schedule(TimeSpan.FromSeconds(4), "crash", () => scene[1].CrashAndRestart(TimeSpan.FromSeconds(1)));
            world.RunFor(TimeSpan.FromSeconds(15));
        });
    }

    [Test]
    public void Steps_OfABusyNode_QueueWhatComes_AndJobsOvertakeEachOther()
    {
        var world = new World(72);
        int ended = 0;
        var jobs = new List<long>();
        world.Observer = happened =>
        {
            if (happened.Node == 0 && happened.Kind == WorldEventKind.StepEnded) ended++;
            if (happened.Node == 0 && happened.Kind == WorldEventKind.JobDone) jobs.Add(long.Parse(happened.Subject, System.Globalization.CultureInfo.InvariantCulture));
        };
        Scene scene = Scene.Of(world, SceneRule.Vote, (index, options) => Slow(index, options) with { WorkTime = TimeSpan.FromMilliseconds(400) });
        scene.RunToAgreement(12, s_limit);
        Assert.That(ended, Is.GreaterThan(100));
        Assert.That(jobs, Is.Not.Ordered, "Some were overtaken.");
    }

    [Test]
    public void Run_WithACrashAtEveryGroupOfCommits_LosesNothingThatWasAcknowledged([Values(CommitFault.CrashBefore, CommitFault.CrashAfter)] CommitFault fault)
    {
        for (int commit = 0; commit < 8; commit++)
        {
            World world = Build(73, SceneRule.Work, out Scene scene);
            Hash256 acknowledged = scene[0].Chain.Genesis.Id.Value;
            bool isWhole = true;
            world.Observer = happened =>
            {
                if (happened.Node != 0) return;
                if (happened.Kind == WorldEventKind.TipMoved) acknowledged = new Hash256(happened.Content.Span);
                if (happened.Kind == WorldEventKind.Started) isWhole &= scene[0].Store.FindHead(new Ledger.BlockId(acknowledged)) is not null;
            };
            scene[0].FailCommit(commit, fault, TimeSpan.FromSeconds(1));
            scene.RunToAgreement(6, s_limit);
            Assert.That(isWhole, Is.True, Invariant($"commit {commit}: what was told is in the store"));
        }
    }

    [Test]
    public void Prune_OfNodesThatGoOn_LeavesThemInAgreement([ValueSource(nameof(s_seeds))] int seed)
    {
        World world = Build((ulong)seed, SceneRule.Work, out Scene scene);
        scene.RunToAgreement(12, s_limit);
        for (int i = 0; i < 4; i++)
        {
            SimulatedNode pruned = world.Nodes[world.Random.Below(Scene.Size)];
            if (pruned.IsUp) pruned.CrashAndPrune(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)));
        }

        ulong height = world.Nodes.Where(node => node.IsUp).Max(node => node.Chain.Tip.Header.Height);
        scene.RunToAgreement(height + 5, s_limit);
        Assert.That(world.Nodes.Any(node => node.Store.ReadBlock(node.Store.IdAt(1)!.Value) is null), Is.True, "Something was pruned.");
    }

    [Test]
    public void Revert_OfAChainOfOnesOwn_ComesBackToWhatItWas([ValueSource(nameof(s_seeds))] int seed)
    {
        var world = new World((ulong)seed);
        Scene scene = Scene.Of(world, SceneRule.Signer, (index, options) => index == 0 ? Slow(index, options) : options);
        SimulatedNode node = scene[0];
        world.Partition(node);
        Assert.That(world.RunUntil(() => node.Chain.Tip.Header.Height >= 12, s_limit), Is.True);
        for (int i = 0; i < 5; i++)
        {
            ulong back = node.Chain.Tip.Header.Height - (ulong)world.Random.Below(8);
            Hash256 root = node.Chain.BlockAt(back)!.Header.StateRoot;
            bool crashes = world.Random.Happens(0.4);
            if (crashes) node.FailCommit(node.Store.Begun + world.Random.Below(3), CommitFault.CrashBefore, TimeSpan.FromMilliseconds(100));
            bool isBack = false;
            byte[] id = node.Chain.BlockAt(back)!.Id.Value.ToArray();
            world.Observer = happened => isBack |= happened is { Node: 0, Kind: WorldEventKind.TipMoved } && happened.Content.Span.SequenceEqual(id);
            node.Revert(back);
            world.RunFor(TimeSpan.FromSeconds(10));
            Assert.That(node.Refusal, Is.Null, Invariant($"seed {seed}"));
            Assert.That(isBack || crashes, Is.True, Invariant($"seed {seed}, {i}: it was told that the tip is back"));
            Assert.That(node.Chain.BlockAt(back)!.Header.StateRoot, Is.EqualTo(root));
            Assert.That(node.Chain.State.StateRoot, Is.EqualTo(node.Chain.Tip.Header.StateRoot), Invariant($"seed {seed}, {i}"));
            ulong now = node.Chain.Tip.Header.Height;
            Assert.That(world.RunUntil(() => node.IsUp && node.Chain.Tip.Header.Height > now, s_limit), Is.True, "It goes on.");
        }
    }

    [Test]
    public void Revert_AmongBranchesOfOthers_IsAlwaysAnswered([ValueSource(nameof(s_seeds))] int seed)
    {
        // Others' blocks go on arriving whose signatures take long, and build on what is given up.
        World world = Build((ulong)seed, SceneRule.Work, out Scene scene);
        SimulatedNode node = scene[0];
        Assert.That(world.RunUntil(() => node.Chain.Tip.Header.Height >= 6, s_limit), Is.True);
        for (int i = 0; i < 6; i++)
        {
            foreach (int payer in (int[])[1, 2]) scene[payer].Submit(scene.Pay(payer, 0, 1));
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(8)));
            if (i % 2 == 0) world.Partition(node);
            if (i % 2 == 1) world.Heal();
            node.Revert(node.Chain.Tip.Header.Height - Math.Min(node.Chain.Tip.Header.Height, (ulong)world.Random.Below(4)));
        }

        Assert.That(world.RunUntil(() => node.OpenReverts == 0, TimeSpan.FromMinutes(1)), Is.True, Invariant($"seed {seed}: {node.OpenReverts} were not answered"));
        Assert.That(node.Fault, Is.Null);
        ulong height = node.Chain.Tip.Header.Height;
        Assert.That(world.RunUntil(() => node.Chain.Tip.Header.Height > height + 2, s_limit), Is.True, "It goes on, by itself.");
    }

    internal static NodeOptions Slow(int index, NodeOptions options) => options with
    {
        WorkTime = TimeSpan.FromMilliseconds(200),
        StepTime = TimeSpan.FromMilliseconds(10),
        ReadTime = TimeSpan.FromMilliseconds(5),
        CommitTime = TimeSpan.FromMilliseconds(300),
        GroupsCommits = true,
        Chain = new ChainOptions { KeptBlocks = 4, MaxRecentBytes = 1, CheckpointBlocks = 3 },
    };

    private static World Build(ulong seed, SceneRule rule, out Scene scene)
    {
        var world = new World(seed, new WorldOptions { Links = new LinkOptions { Loss = 0.05, Resets = 0.005 } });
        scene = Scene.Of(world, rule, Slow);
        return world;
    }
}
