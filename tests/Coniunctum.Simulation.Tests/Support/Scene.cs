using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Mining;
using Coniunctum.Ledger;
using Coniunctum.Simulation.Tests.Instances;

namespace Coniunctum.Simulation.Tests.Support;

/// <summary>A world of three nodes under one of the three instances, and keys that own something at its genesis.</summary>
internal sealed class Scene
{
    public const int Size = 3;

    public const ulong Grant = 1_000;

    // Sixteen hashes a block, three miners of this rate: a block in five seconds.
    public const ulong HashesPerBlock = 16;
    private const double HashRate = HashesPerBlock / 15.0;

    private Scene(World world, ImmutableArray<PrivateKey> keys, ChainProfile profile) => (World, Keys, Profile) = (world, keys, profile);

    public World World { get; }

    public ImmutableArray<PrivateKey> Keys { get; }

    public ChainProfile Profile { get; }

    public SimulatedNode this[int index] => World.Nodes[index];

    public static Scene Of(World world, SceneRule rule, Func<int, NodeOptions, NodeOptions>? change = null) => rule switch
    {
        SceneRule.Work => Build(world, change, _ => new WorkInstance(HashesPerBlock), scene => (index, search) => new WorkInstance.Producer(scene.AddressOf(index), search)),
        SceneRule.Signer => Build(world, change, all => new SignerInstance(all[0]), scene => (index, _) =>
            index == 0 ? new SignerInstance.Producer(scene.Keys[0], scene.Profile.Signatures) : null),
        SceneRule.Vote => Build(world, change, all => new VoteInstance(all), scene => (index, _) =>
            new Voter((byte)index, scene.Keys[index], [.. Enumerable.Range(0, Size).Select(scene.AddressOf)], scene.Profile)),
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    public Address AddressOf(int index) => Profile.Signatures.AddressOf(Keys[index].PublicKey);

    public bool Agrees() => World.Nodes.All(node => node.IsUp && node.Chain.Tip.Id == World.Nodes[0].Chain.Tip.Id);

    public bool Reached(ulong height) => World.Nodes.All(node => node.IsUp && node.Chain.Tip.Header.Height >= height);

    /// <summary>Runs until all nodes agree on a tip at a height or above, and checks what they agree on.</summary>
    public void RunToAgreement(ulong height, TimeSpan limit)
    {
        bool agrees = World.RunUntil(() => Reached(height) && Agrees(), limit);
        Assert.That(agrees, Is.True, () => $"Seed {World.Seed}: after {World.Now} the tips are at {string.Join(", ", World.Nodes.Select(node => node.IsUp ? node.Chain.Tip.Header.Height.ToString() : "down"))}.");
        foreach (SimulatedNode node in World.Nodes)
        {
            ulong tip = node.Chain.Tip.Header.Height;
            Assert.That(node.Chain.State.Supply, Is.EqualTo((Size * Grant) + (50 * tip)), $"Seed {World.Seed}: supply of {node.Name}");
            Assert.That(node.Chain.State.StateRoot, Is.EqualTo(node.Chain.Tip.Header.StateRoot), $"Seed {World.Seed}: state of {node.Name}");
        }
    }

    public Transaction Pay(int from, int to, ulong amount) => Transfer.Sign(Keys[from], AddressOf(to), amount, this[from].Context);

    private static Scene Build(
        World world, Func<int, NodeOptions, NodeOptions>? change, Func<ImmutableArray<Address>, ConsensusSpec> rule, Func<Scene, Func<int, INonceSearch, IBlockProducer?>> producers)
    {
        ImmutableArray<PrivateKey> keys = [.. Enumerable.Range(0, Size).Select(_ => PrivateKey.Generate(world.Random))];
        ImmutableArray<Address> addresses = [.. keys.Select(key => Profiles.Development.Signatures.AddressOf(key.PublicKey))];
        ChainProfile profile = Profiles.Development with
        {
            Consensus = rule(addresses),
            Genesis = new GenesisSpec
            {
                Timestamp = Profiles.Development.Genesis.Timestamp,
                Allocations = [.. addresses.Select(address => new GenesisSpec.Allocation(address, Grant))],
            },
        };
        var scene = new Scene(world, keys, profile);
        Func<int, INonceSearch, IBlockProducer?> producer = producers(scene);
        for (int i = 0; i < Size; i++)
        {
            int index = i;
            var options = new NodeOptions { HashRate = HashRate, Producer = search => producer(index, search) };
            world.AddNode(profile, change?.Invoke(index, options) ?? options);
        }

        return scene;
    }
}
