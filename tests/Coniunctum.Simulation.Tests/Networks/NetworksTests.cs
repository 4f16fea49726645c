using Coniunctum.Crypto;

namespace Coniunctum.Simulation.Tests.Networks;

/// <summary>
/// Networks of fifteen nodes and more, under each rule, to which drawn troubles happen together: partitions, forks of 50 blocks, crashes,
/// joins, skewed clocks, transfers that are cut off, several synchronisations at once, double dials. CONIUNCTUM_LONG=1 runs 1,000 seeds of
/// each rule; NETWORK_SEEDS=FROM-TO, or a single one, others.
/// </summary>
[Category("Long")]
public sealed class NetworksTests
{
    private static readonly (ulong First, ulong Last) s_seeds = Seeds();

    [Test]
    public void Run_OfDrawnTroubles_ComesToOneChain([Values(NetworkRule.Heaviest, NetworkRule.Ghost, NetworkRule.Clique, NetworkRule.Bft)] NetworkRule rule)
    {
        var failures = new List<string>();
        var worst = new List<double>();
        long received = 0, twice = 0;
        for (ulong seed = s_seeds.First; seed <= s_seeds.Last; seed++)
        {
            var story = new NetworkStory(seed, rule);
            if (!story.Run()) failures.Add(Invariant($"{rule}, seed {seed}: {string.Join("\n  ", story.Told)}"));
            worst.Add(story.WorstIntervals);
            received += story.BodiesReceived;
            twice += story.BodiesReceivedTwice;
        }

        worst.Sort();
        TestContext.Out.WriteLine(Invariant(
            $"{rule}: seeds {s_seeds.First} to {s_seeds.Last}, {failures.Count} failed; intervals to one tip: median {worst[worst.Count / 2]:F2}, most {worst[^1]:F2}; bodies {received}, twice {twice}"));
        Assert.That(failures, Is.Empty, () => string.Join("\n", failures));
        Assert.That(twice * 20, Is.LessThanOrEqualTo(received), "bodies received twice");
    }

    /// <summary>Two halves have gone on for 50 blocks, and no one makes a block any more that would tell one of the other.</summary>
    [Test]
    public void Run_OfAForkWithoutNewBlocks_ComesToTheHeavierChain()
    {
        for (ulong seed = s_seeds.First; seed <= s_seeds.Last; seed++)
        {
            var scene = new NetworkScene(seed, NetworkRule.Heaviest, isFast: false);
            World world = scene.World;
            SimulatedNode[] half = [.. world.Nodes.Take(NetworkScene.Size / 2)];
            Assert.That(scene.RunUntil(() => scene.Height >= 3 && scene.IsAgreed, scene.Interval * 60), Is.True, Invariant($"seed {seed}"));
            world.Partition(half);
            ulong HeightOf(bool isHalf) => world.Nodes.Where(node => half.Contains(node) == isHalf).Max(node => node.Chain.Tip.Header.Height);
            // Two blocks of one height, each seen first by some, stay tips at rest: nothing can decide between them then.
            bool IsOfOneTip(bool isHalf) => world.Nodes.Where(node => half.Contains(node) == isHalf).Select(node => node.Chain.Tip.Id).Distinct().Count() == 1;
            for (int i = 0; i < 200 && (scene.Height < 53 || HeightOf(true) == HeightOf(false) || !IsOfOneTip(true) || !IsOfOneTip(false)); i++)
                world.RunFor(scene.Interval);
            scene.IsAtRest = true;
            foreach (SimulatedNode node in world.Nodes) node.CrashAndRestart(TimeSpan.FromMilliseconds(1));
            world.RunFor(TimeSpan.FromSeconds(20));
            Hash256[] tips = [.. world.Nodes.OrderByDescending(node => node.Chain.Tip.Header.Height).Select(node => node.Chain.Tip.Id.Value).Distinct()];
            Assert.That(tips, Has.Length.EqualTo(2), Invariant($"seed {seed}"));
            world.Heal();
            Assert.That(world.RunUntil(() => scene.IsAgreed, scene.Interval * 10), Is.True, Invariant($"seed {seed}: they stay apart"));
            Assert.That(world.Nodes[0].Chain.Tip.Id.Value, Is.EqualTo(tips[0]), Invariant($"seed {seed}"));
            Assert.That(scene.Invariants.Violations, Is.Empty, Invariant($"seed {seed}"));
        }
    }

    private static (ulong First, ulong Last) Seeds()
    {
        if (Environment.GetEnvironmentVariable("NETWORK_SEEDS") is { Length: > 0 } asked)
        {
            // What is not understood must not pass as a run of the first seed.
            ulong[] bounds = [.. asked.Split('-').Select(bound => ulong.Parse(bound, System.Globalization.CultureInfo.InvariantCulture))];
            return (bounds[0], bounds[^1]);
        }

        return Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? (1UL, 1_000UL) : (1UL, 3UL);
    }
}
