using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Simulation.Tests;

/// <summary>
/// Miners under targets that follow the hash rate, by heaviest chain and by GHOST, among partitions and crashes.
/// CONIUNCTUM_LONG=1 runs 50 seeds of each.
/// </summary>
[Category("Long")]
public sealed class MovingTargetTests
{
    private const int Miners = 4;
    private const double HashRate = 4;

    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_limit = TimeSpan.FromHours(2);

    private static readonly int[] s_seeds = [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 50 : 2)];

    private static readonly string[] s_rules = ["asert", "lwma", "bitcoin"];
    private static readonly string[] s_choices = ["heaviest", "ghost"];

    [Test]
    public void Run_AmongPartitionsAndCrashes_AgreesAndKeepsItsPace(
        [ValueSource(nameof(s_rules))] string rule, [ValueSource(nameof(s_choices))] string choice, [ValueSource(nameof(s_seeds))] int seed)
    {
        World world = Build(new World((ulong)seed), rule, choice);
        for (int i = 0; i < 8; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(40)));
            SimulatedNode victim = world.Nodes[world.Random.Below(Miners)];
            if (i % 3 == 0)
                world.Partition(victim, world.Nodes[world.Random.Below(Miners)]);
            else if (victim.IsUp)
                victim.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)));
            if (i % 3 == 2) world.Heal();
        }

        world.Heal();
        ulong height = world.Nodes.Where(node => node.IsUp).Max(node => node.Chain.Tip.Header.Height) + 10;
        Assert.That(world.RunUntil(() => Agree(world, height), s_limit), Is.True, () => Invariant($"seed {seed}: {string.Join(", ", world.Nodes.Select(node => node.IsUp ? Invariant($"{node.Chain.Tip.Header.Height} {node.Chain.Tip.Id}") : "down"))}"));
        Assert.That(world.Nodes.Select(node => node.Fault), Is.All.Null);

        // Sixteen hashes a second at a limit of eight a block are a block in half a second: the target must have moved.
        BlockHeader tip = world.Nodes[0].Chain.Tip.Header;
        Assert.That(Target.ForHashes(8).Value, Is.GreaterThan(tip.Target));
        // ASERT catches up with its schedule, and is faster than its spacing meanwhile.
        TimeSpan began = world.Now;
        Assert.That(world.RunUntil(() => Agree(world, height + 60), s_limit), Is.True);
        Assert.That((world.Now - began).TotalSeconds / 60, Is.InRange(s_spacing.TotalSeconds / 5, s_spacing.TotalSeconds * 3));
    }

    [Test]
    public void RunTwice_UnderEachTargetAndChoice_IsTheSame([ValueSource(nameof(s_rules))] string rule, [ValueSource(nameof(s_choices))] string choice) =>
        Replay.RunTwice(81, world =>
        {
            Build(world, rule, choice);
            world.Schedule(TimeSpan.FromSeconds(20), "partition", () => world.Partition(world.Nodes[0]));
            world.Schedule(TimeSpan.FromSeconds(50), "heal", world.Heal);
            world.RunFor(TimeSpan.FromSeconds(80));
        });

    private static World Build(World world, string rule, string choice)
    {
        IDifficultyRule difficulty = rule switch
        {
            "asert" => new Asert(s_spacing, TimeSpan.FromMinutes(5)),
            "lwma" => new Lwma(s_spacing, window: 20),
            _ => new BitcoinRetarget(s_spacing, window: 16),
        };
        ChainProfile profile = Profiles.Development with
        {
            Consensus = new ProofOfWork(Target.ForHashes(8), difficulty)
            {
                ForkChoice = choice == "ghost" ? ForkChoiceRule.Ghost : ForkChoiceRule.Heaviest,
            },
        };
        for (int i = 0; i < Miners; i++)
        {
            Address receiver = profile.Signatures.AddressOf(PrivateKey.Generate(world.Random).PublicKey);
            world.AddNode(profile, LoadTests.Slow(i, new NodeOptions { HashRate = HashRate, Producer = search => new ProofOfWorkProducer(receiver, new MiningOptions(), search) }) with
            {
                Chain = new Consensus.Chain.ChainOptions { CheckpointBlocks = 8 },
            });
        }

        return world;
    }

    private static bool Agree(World world, ulong height) => world.Nodes.All(node =>
        node.IsUp && node.Chain.Tip.Header.Height >= height && node.Chain.Tip.Id == world.Nodes[0].Chain.Tip.Id);
}
