using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation.Tests;

/// <summary>Signers in turns, among crashes, partitions and bad links.</summary>
public sealed class AuthoritySimulationTests
{
    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(5);

    [Test]
    public void Run_OfFiveSigners_SealsInTurn_AndAgrees()
    {
        (World world, _) = Build(seed: 1, signers: 5);
        Assert.That(world.RunUntil(() => Agree(world, 30), TimeSpan.FromMinutes(5)));
        SimulatedNode node = world.Nodes[0];
        // Two a block when everybody is in turn; no one is away, and the links are fast.
        Assert.That(node.Chain.ChainWeight, Is.EqualTo(Work.From(2 * node.Chain.Tip.Header.Height)));
        Assert.That(world.Now, Is.GreaterThan(s_spacing * 30));
    }

    [Test]
    public void Run_WithAMinorityAway_GoesOn_AndWithAMajorityAwayItWaits([Values] bool isMajority)
    {
        (World world, _) = Build(seed: 2, signers: 5);
        world.RunUntil(() => Agree(world, 5), TimeSpan.FromMinutes(5));
        foreach (SimulatedNode node in world.Nodes.Take(isMajority ? 3 : 2)) node.Crash();
        ulong before = world.Nodes[4].Chain.Tip.Header.Height;
        world.RunFor(TimeSpan.FromMinutes(3));
        ulong after = world.Nodes[4].Chain.Tip.Header.Height;
        // Of five signers each may seal one of three blocks: two of them soon have to wait.
        Assert.That(after - before, isMajority ? Is.LessThanOrEqualTo(3) : Is.GreaterThan(20));

        foreach (SimulatedNode node in world.Nodes.Where(node => !node.IsUp)) node.Restart();
        Assert.That(world.RunUntil(() => Agree(world, after + 10), TimeSpan.FromMinutes(5)));
    }

    [Test]
    public void Run_WithCrashesPartitionsAndBadLinks_ComesToOneChain([Range(1, 12)] int seed)
    {
        int signers = 3 + (seed % 3);
        (World world, _) = Build((ulong)seed, signers, new LinkOptions { Loss = 0.2, Resets = 0.01, GreatestDelay = TimeSpan.FromMilliseconds(800) });
        for (int i = 0; i < 12; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)));
            SimulatedNode victim = world.Nodes[world.Random.Below(signers)];
            if (world.Random.Happens(0.4))
                world.Partition(victim);
            else if (victim.IsUp)
                victim.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(15)));
            if (world.Random.Happens(0.5)) world.Heal();
        }

        world.Heal();
        ulong height = world.Nodes.Where(node => node.IsUp).Max(node => node.Chain.Tip.Header.Height);
        bool agrees = world.RunUntil(() => world.Nodes.All(node => node.IsUp) && Agree(world, height + 10), TimeSpan.FromMinutes(10));
        Assert.That(agrees, $"seed {seed}: {string.Join(", ", world.Nodes.Select(node => node.IsUp ? $"{node.Chain.Tip.Header.Height} {node.Chain.Tip.Id.Value:s}" : "down"))}");
        AssertNobodySealedTooOften(world.Nodes[0], signers);
    }

    [Test]
    public void Restart_FromAnOldFile_SealsNoSecondBlockOnAParent([Range(1, 12)] int seed)
    {
        (World world, _) = Build((ulong)seed, signers: 3, change: options => options with { RemembersCommits = true });
        var seals = new Dictionary<(BlockId Parent, Address Sealer), BlockId>();
        int seconds = 0;
        world.Observer = happened =>
        {
            // Whatever becomes durable somewhere is announced from there.
            if (happened.Kind != WorldEventKind.TipMoved) return;
            ReadOnlyMemory<byte>? encoded = world.Nodes[happened.Node].Store.ReadBlock(new BlockId(new Hash256(happened.Content.Span)));
            HashedBlock.Decode(encoded!.Value, Profiles.Development.Format, Profiles.Development.Limits, world.Nodes[0].Chain.Genesis.Id, out HashedBlock? block);
            Profiles.Development.Signatures.Recover(block!.Id.Value, block.Block.Seal.Span, out Address sealer);
            if (!seals.TryAdd((block.Header.Previous, sealer), block.Id) && seals[(block.Header.Previous, sealer)] != block.Id) seconds++;
        };
        Assert.That(world.RunUntil(() => Agree(world, 8), TimeSpan.FromMinutes(5)));
        for (int i = 0; i < 4; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30)));
            // Node 0 stays, by whose chain the blocks are read.
            SimulatedNode victim = world.Nodes[1 + world.Random.Below(2)];
            victim.CrashAndRestore(Math.Max(1, victim.Store.Durable - 1 - world.Random.Below(3)), world.Random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(500)));
        }

        ulong height = world.Nodes[0].Chain.Tip.Header.Height;
        Assert.That(world.RunUntil(() => Agree(world, height + 6), TimeSpan.FromMinutes(5)));
        Assert.That(seconds, Is.Zero, Invariant($"seed {seed}"));
    }

    [Test]
    public void Votes_OfAMajority_AddASigner_AndDropAnother()
    {
        var producers = new Dictionary<int, ProofOfAuthorityProducer>();
        (World world, ImmutableArray<PrivateKey> keys) = Build(seed: 3, signers: 3, members: 4, produced: (index, producer) => producers[index] = producer);
        Address[] addresses = [.. keys.Select(AddressOf)];
        world.RunUntil(() => Agree(world, 3), TimeSpan.FromMinutes(2));
        Assert.That(SealersOf(world.Nodes[0], 1), Has.None.EqualTo(addresses[3]));

        foreach (int voter in (int[])[0, 1]) producers[voter].Propose(addresses[3], isSigner: true);
        world.RunUntil(() => Agree(world, 20), TimeSpan.FromMinutes(5));
        Assert.That(SealersOf(world.Nodes[0], 10), Is.SupersetOf(addresses));

        foreach (int voter in (int[])[0, 1, 3]) producers[voter].Propose(addresses[2], isSigner: false);
        world.RunUntil(() => Agree(world, 60), TimeSpan.FromMinutes(10));
        Assert.That(SealersOf(world.Nodes[0], 45), Is.EquivalentTo(addresses.Where((_, index) => index != 2)));
    }

    private static (World World, ImmutableArray<PrivateKey> Keys) Build(
        ulong seed, int signers, LinkOptions? links = null, int? members = null, Action<int, ProofOfAuthorityProducer>? produced = null,
        Func<NodeOptions, NodeOptions>? change = null)
    {
        var world = new World(seed, new WorldOptions { Links = links ?? new LinkOptions() });
        ImmutableArray<PrivateKey> keys = [.. Enumerable.Range(0, members ?? signers).Select(_ => PrivateKey.Generate(world.Random))];
        var rule = new ProofOfAuthority(keys[..signers].Select(AddressOf), s_spacing, epoch: 1_000);
        ChainProfile profile = Profiles.Development with { Consensus = rule };
        for (int i = 0; i < keys.Length; i++)
        {
            int index = i;
            var options = new NodeOptions
            {
                Producer = _ =>
                {
                    var producer = new ProofOfAuthorityProducer(rule, keys[index], profile.Signatures, new AuthorityOptions { Wiggle = TimeSpan.FromSeconds(1) });
                    produced?.Invoke(index, producer);
                    return producer;
                },
            };
            world.AddNode(profile, change?.Invoke(options) ?? options);
        }

        return (world, keys);
    }

    private static Address AddressOf(PrivateKey key) => Profiles.Development.Signatures.AddressOf(key.PublicKey);

    private static bool Agree(World world, ulong height) => world.Nodes.All(node =>
        node.IsUp && node.Chain.Tip.Header.Height >= height && node.Chain.Tip.Id == world.Nodes[0].Chain.Tip.Id);

    /// <summary>Who sealed the blocks from a height on.</summary>
    private static List<Address> SealersOf(SimulatedNode node, ulong from)
    {
        var sealers = new List<Address>();
        for (ulong height = from; height <= node.Chain.Tip.Header.Height; height++)
        {
            HashedBlock block = node.Chain.BlockAt(height)!;
            Profiles.Development.Signatures.Recover(block.Id.Value, block.Block.Seal.Span, out Address sealer);
            sealers.Add(sealer);
        }

        return from == 1 ? sealers : [.. sealers.Distinct()];
    }

    private static void AssertNobodySealedTooOften(SimulatedNode node, int signers)
    {
        List<Address> sealers = SealersOf(node, 1);
        int window = (signers / 2) + 1;
        for (int i = 0; i + window <= sealers.Count; i++)
            Assert.That(sealers.Skip(i).Take(window).Distinct().Count(), Is.EqualTo(window), $"from height {i + 1}");
    }
}
