using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Simulation.Tests.Bft;

namespace Coniunctum.Simulation.Tests;

/// <summary>On a chain that only grows every block is executed once by each node: as a candidate, as a proposal, or when it is adopted.</summary>
public sealed class ExecutionCountTests
{
    private const int Nodes = 4;
    private const ulong Height = 12;
    private const ulong HashesPerBlock = 16;

    // Far longer than a block needs to get around, so that no two miners find one on the same tip.
    private const double HashRate = HashesPerBlock / 15.0 / Nodes;

    private static readonly string[] s_rules = ["heaviest", "ghost", "authority", "clique", "bft", "change"];

    [Test]
    public void Run_OfAChainThatOnlyGrows_ExecutesEachAdoptedBlockOnce([ValueSource(nameof(s_rules))] string rule)
    {
        var world = new World(11);
        ImmutableArray<PrivateKey> keys = [.. Enumerable.Range(0, Nodes).Select(_ => PrivateKey.Generate(world.Random))];
        ImmutableArray<Address> addresses = [.. keys.Select(key => Profiles.Development.Signatures.AddressOf(key.PublicKey))];
        ChainProfile profile = Build(world, rule, keys, addresses);
        int submitted = 0;
        for (int i = 0; world.Nodes.Any(node => node.Chain.Tip.Header.Height < Height); i++)
        {
            Assert.That(i, Is.LessThan(10_000), "the chain does not grow");
            if (i % 25 == 0) world.Nodes[submitted % Nodes].Submit(Transfer.Sign(keys[0], addresses[1 + (submitted++ % 3)], 1, world.Nodes[0].Context));
            world.RunFor(TimeSpan.FromMilliseconds(200));
        }

        for (int i = 0; i < Nodes; i++)
        {
            ulong height = world.Nodes[i].Chain.Tip.Header.Height;
            Transaction[] rewards = [.. Enumerable.Range(1, (int)height).Select(at => world.Nodes[i].Chain.BlockAt((ulong)at)!.Block.Transactions[0])];
            int own = rewards.Count(reward => reward.Receiver == addresses[i]);
            ExecutionCounts counts = ExecutionCounts.Of(world.Nodes[i].Chain);
            TestContext.Out.WriteLine(Invariant($"{rule}, node {i}: {height} blocks, {own} of its own; executed {counts.Executions}, not again {counts.Reuses}"));

            // What was a proposal everywhere was a proposal here; elsewhere only one's own was a candidate.
            Assert.That(counts.Reuses, Is.EqualTo(rule == "bft" ? (long)height : own), $"node {i}");
            // Miners whose block it did not become have executed a candidate in vain, and one more for each transaction that came.
            long others = rule is "authority" or "clique" or "bft" ? 0 : (long)height - own + submitted;
            Assert.That(counts.Executions - (long)height, Is.InRange(0, others + 1), $"node {i}");
        }

        Assert.That(world.Nodes.Sum(node => ExecutionCounts.Of(node.Chain).Reuses), Is.GreaterThanOrEqualTo((long)Height), "every block was someone's own");
        Assert.That(profile.RulesetAt(Height), Is.EqualTo(rule == "change" ? 1 : 0));
    }

    private static ChainProfile Build(World world, string rule, ImmutableArray<PrivateKey> keys, ImmutableArray<Address> addresses)
    {
        var work = new ProofOfWork(ProofOfWork.TargetFor(HashesPerBlock).Value) { ForkChoice = rule == "ghost" ? ForkChoiceRule.Ghost : ForkChoiceRule.Heaviest };
        var clique = new ProofOfAuthority(addresses, TimeSpan.FromSeconds(5));
        var bft = new BftConsensus(ValidatorSet.Of(addresses), BftScene.Fast);
        ChainProfile profile = Profiles.Development with
        {
            Consensus = rule switch
            {
                "authority" => new SingleAuthority(addresses[0]),
                "clique" => clique,
                "bft" => bft,
                "change" => new RuleChange(work, Height / 2, clique),
                _ => work,
            },
            Applications = rule == "bft" ? [bft.Application] : [],
            Upgrades = rule == "change" ? [new(Height / 2, 1)] : [],
            Genesis = new GenesisSpec { Timestamp = Profiles.Development.Genesis.Timestamp, Allocations = [new(addresses[0], 1_000_000)] },
        };
        for (int i = 0; i < Nodes; i++)
        {
            int index = i;
            world.AddNode(profile, new NodeOptions
            {
                HashRate = HashRate,
                Producer = search => rule switch
                {
                    "authority" => index == 0 ? new AuthorityProducer(keys[0], profile.Signatures) : null,
                    "clique" => Signer(),
                    "bft" => new BftProducer(bft, keys[index], profile, world.Random),
                    "change" => new RuleChangeProducer(Miner(search), Height / 2, Signer()),
                    _ => Miner(search),
                },
            });

            ProofOfAuthorityProducer Signer() => new(clique, keys[index], profile.Signatures);
            ProofOfWorkProducer Miner(INonceSearch search) => new(addresses[index], new MiningOptions(), search);
        }

        return profile;
    }
}
