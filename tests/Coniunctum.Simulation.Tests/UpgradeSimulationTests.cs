using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;

namespace Coniunctum.Simulation.Tests;

/// <summary>One ledger that changes its rule: proof-of-work up to a height, signers above it.</summary>
public sealed class UpgradeSimulationTests
{
    private const ulong Height = 12;
    private const ushort Ruleset = 1;
    private const ulong HashesPerBlock = 16;

    [Test]
    public void Run_OverTheChange_GoesOn_AndWhoeverLacksItWarnsAndStaysBelow([Range(1, 6)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
        ImmutableArray<PrivateKey> keys = [.. Enumerable.Range(0, 3).Select(_ => PrivateKey.Generate(world.Random))];
        ISignatureScheme scheme = Profiles.Development.Signatures;
        Address[] addresses = [.. keys.Select(key => scheme.AddressOf(key.PublicKey))];
        var work = new ProofOfWork(ProofOfWork.TargetFor(HashesPerBlock).Value);
        var authority = new ProofOfAuthority(addresses, TimeSpan.FromSeconds(5));
        ChainProfile old = Profiles.Development with { Consensus = work };
        ChainProfile upgraded = old with { Consensus = new RuleChange(work, Height, authority), Upgrades = [new(Height, Ruleset)] };
        for (int i = 0; i < keys.Length; i++)
        {
            int index = i;
            world.AddNode(upgraded, new NodeOptions
            {
                HashRate = HashesPerBlock / 20.0,
                Producer = search => new RuleChangeProducer(
                    new ProofOfWorkProducer(addresses[index], new MiningOptions(), search),
                    Height,
                    new ProofOfAuthorityProducer(authority, keys[index], scheme)),
            });
        }

        // It mines too, as slowly as to lose every race.
        SimulatedNode behind = world.AddNode(old, new NodeOptions { HashRate = 0.001, Producer = search => new ProofOfWorkProducer(addresses[0], new MiningOptions(), search) });
        SimulatedNode[] others = [.. world.Nodes.Take(3)];
        Assert.That(world.RunUntil(() => others.All(node => node.IsUp && node.Chain.Tip.Header.Height >= 6), TimeSpan.FromMinutes(30)));
        others[1].CrashAndRestart(TimeSpan.FromSeconds(3));
        Assert.That(world.RunUntil(() => Agree(others, Height + 10), TimeSpan.FromHours(2)), $"seed {seed}");
        others[2].CrashAndRestart(TimeSpan.FromSeconds(3));
        Assert.That(world.RunUntil(() => Agree(others, Height + 20), TimeSpan.FromHours(2)), $"seed {seed}");

        Assert.That(others[0].Chain.BlockAt(Height)!.Header.Ruleset, Is.EqualTo(Ruleset));
        Assert.That(others[0].Chain.BlockAt(Height)!.Block.Seal.IsEmpty, "the hand-over is proven by the first rule");
        Assert.That(others[0].Chain.BlockAt(Height + 1)!.Block.Seal.IsEmpty, Is.False);
        Assert.That(behind.Chain.Genesis.Id, Is.EqualTo(others[0].Chain.Genesis.Id), "an upgrade does not change which chain it is");
        // One block of work stops no one, and what the signers make behind it proves nothing to whoever knows work alone.
        Assert.That(behind.Fault, Is.Null);
        Assert.That(behind.Chain.BlockAt(Height - 1)!.Id, Is.EqualTo(others[0].Chain.BlockAt(Height - 1)!.Id), $"seed {seed}: {behind.Chain.Tip.Header.Height}");
        Assert.That(behind.Chain.UnknownRuleset!.Text, Is.EqualTo(
            $"an upgrade may be missing: from height {Height} on there is a chain of ruleset {Ruleset}, which this software does not know"), $"seed {seed}");
    }

    private static bool Agree(SimulatedNode[] nodes, ulong height) => nodes.All(node =>
        node.IsUp && node.Chain.Tip.Header.Height >= height && node.Chain.Tip.Id == nodes[0].Chain.Tip.Id);
}
