using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Simulation;

namespace CustomConsensus.Tests;

/// <summary>The rule in worlds of three nodes, in virtual time: everything that happens follows from the seed.</summary>
public sealed class RoundRobinTests
{
    [Test]
    public void Nodes_OnBadLinks_AgreeOnBlocks_ThatAreFinal([Range(1, 5)] int seed)
    {
        World world = Run((ulong)seed, world => world.RunUntil(() => world.Nodes.All(node => node.Chain.Tip.Header.Height >= 20), limit: TimeSpan.FromMinutes(30)));
        ulong height = world.Nodes.Min(node => node.Chain.Tip.Header.Height);
        Assert.That(height, Is.GreaterThanOrEqualTo(20));
        Assert.That(world.Nodes.Select(node => node.Chain.FinalHeight), Is.All.GreaterThanOrEqualTo(height));
    }

    [Test]
    public void Member_ThatIsCutOff_HoldsUpItsTurn_AndCatchesUp()
    {
        World world = Run(7, world =>
        {
            world.RunUntil(() => world.Nodes[0].Chain.Tip.Header.Height >= 3, limit: TimeSpan.FromMinutes(5));
            world.Partition(world.Nodes[2]);
            world.RunFor(TimeSpan.FromMinutes(2));
            world.Heal();
            world.RunUntil(() => world.Nodes.All(node => node.Chain.Tip.Header.Height >= 10), limit: TimeSpan.FromMinutes(30));
        });
        Assert.That(world.Nodes.Select(node => node.Chain.Tip.Header.Height), Is.All.GreaterThanOrEqualTo(10));
    }

    private static World Run(ulong seed, Action<World> script) => Replay.RunTwice(seed, world =>
    {
        PrivateKey[] keys = [.. Enumerable.Range(0, 3).Select(_ => PrivateKey.Generate(world.Random))];
        Address[] members = [.. keys.Select(key => Profiles.Development.Signatures.AddressOf(key.PublicKey))];
        ChainProfile profile = Profiles.Development with { Name = "CustomConsensus", Consensus = new RoundRobin(members) };
        for (int i = 0; i < keys.Length; i++)
        {
            int self = i;
            world.AddNode(profile, new NodeOptions { Producer = _ => new RoundRobinProducer(self, keys[self], members, profile) });
        }

        script(world);
    });
}
