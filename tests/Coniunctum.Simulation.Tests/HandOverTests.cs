using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Simulation.Tests.Bft;
using Coniunctum.Simulation.Tests.Instances;

namespace Coniunctum.Simulation.Tests;

/// <summary>
/// Every shipped rule hands over to every other, itself included, and to and from one that is not shipped: four nodes, producers
/// on both sides of the change, and crashes before, in and after it.
/// </summary>
public sealed class HandOverTests
{
    private const int Nodes = 4;
    private const ulong Height = 6;
    private const ulong End = Height + 6;
    private const ulong Grant = 1_000_000;
    private const ulong HashesPerBlock = 16;

    private static readonly TimeSpan s_limit = TimeSpan.FromHours(1);

    public static IEnumerable<TestCaseData> Pairs =>
        from first in Kind.All from second in Kind.All select new TestCaseData(first, second).SetArgDisplayNames(first.Name, second.Name);

    [TestCaseSource(nameof(Pairs))]
    public void Run_OverTheChange_BothSidesMakeBlocks_AndAllAgree(Kind first, Kind second)
    {
        const ulong Seed = 3;
        var world = new World(Seed);
        ImmutableArray<PrivateKey> keys = [.. Enumerable.Range(0, Nodes).Select(_ => PrivateKey.Generate(world.Random))];
        ImmutableArray<Address> addresses = [.. keys.Select(key => Profiles.Development.Signatures.AddressOf(key.PublicKey))];
        ConsensusSpec before = first.Rule(addresses), after = second.Rule(addresses);
        ChainProfile profile = Profiles.Development with
        {
            Consensus = new RuleChange(before, Height, after),
            Upgrades = [new(Height, 1)],
            Genesis = new GenesisSpec
            {
                Timestamp = Profiles.Development.Genesis.Timestamp,
                Allocations = [.. addresses.Select(address => new GenesisSpec.Allocation(address, Grant))],
            },
        };
        for (int i = 0; i < Nodes; i++)
        {
            int index = i;
            world.AddNode(profile, new NodeOptions
            {
                HashRate = HashesPerBlock / 20.0,
                Producer = search => new RuleChangeProducer(
                    first.Producer(before, index, keys, profile, world, search), Height, second.Producer(after, index, keys, profile, world, search)),
            });
        }

        RunTo(Height - 2);
        world.Nodes[1].CrashAndRestart(TimeSpan.FromSeconds(1));
        RunTo(Height);
        world.Nodes[2].CrashAndRestart(TimeSpan.FromSeconds(1));
        RunTo(Height + 3);
        world.Nodes[0].CrashAndRestart(TimeSpan.FromSeconds(1));
        RunTo(End);

        HashedBlock[] chain = [.. Enumerable.Range(0, (int)End + 1).Select(height => world.Nodes[3].Chain.BlockAt((ulong)height)!)];
        Assert.That(chain.Skip(1).Select(block => block.Header.Ruleset), Is.EqualTo(chain.Skip(1).Select(block => block.Header.Height < Height ? 0 : 1)));
        foreach (HashedBlock block in chain.Skip(1))
            Assert.That((block.Block.Seal.IsEmpty, block.Block.Certificate is null), Is.EqualTo((block.Header.Height <= Height ? first : second).Shape), $"height {block.Header.Height}");
        Assert.That(chain.Skip(1).Where(block => block.Header.Height > Height).Select(block => block.Transactions.Count).Sum(), Is.GreaterThan((int)(End - Height)), "payments go on");

        // Whoever follows by headers alone comes to the same end.
        var headers = HeaderTree.FromGenesis(HeaderProfile.Of(profile));
        foreach (HashedBlock block in chain.Skip(1)) Assert.That(headers.Add(HeaderView.Of(block), null, new SealClaims()), Is.EqualTo(Verdict.Valid), $"height {block.Header.Height}");
        Assert.That(headers.TipId, Is.EqualTo(chain[^1].Id));

        void RunTo(ulong height)
        {
            bool IsThere() => world.Nodes.All(node => node.IsUp && node.Chain.Tip.Header.Height >= height && node.Chain.BlockAt(height)!.Id == world.Nodes[3].Chain.BlockAt(height)?.Id);
            TimeSpan end = world.Now + s_limit;
            while (!IsThere() && world.Now < end)
            {
                // Some rules make no blocks without payments.
                if (world.Nodes[0].IsUp) world.Nodes[0].Submit(Transfer.Sign(keys[0], addresses[1], 1, world.Nodes[0].Context));
                world.RunUntil(IsThere, TimeSpan.FromSeconds(2));
            }

            Assert.That(IsThere(), Is.True, () => $"seed {Seed}: to {height}, after {world.Now} the tips are at {string.Join(", ", world.Nodes.Select(node => node.IsUp ? $"{node.Chain.Tip.Header.Height} {node.Fault}" : "down"))}");
        }
    }

    [Test]
    public void Kinds_AreAllThatAreShipped()
    {
        Type[] rules = [.. typeof(ConsensusSpec).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ConsensusSpec)) && type != typeof(RuleChange))];
        Type[] targets = [.. typeof(IDifficultyRule).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IDifficultyRule)) && !type.IsInterface)];
        ImmutableArray<Address> addresses = [.. Enumerable.Range(1, Nodes).Select(i => new Address(Sha3_256.Hash([(byte)i])))];
        ConsensusSpec[] made = [.. Kind.All.Select(kind => kind.Rule(addresses))];
        Assert.That(made.Select(rule => rule.GetType()).Distinct(), Is.SupersetOf(rules));
        Assert.That(made.OfType<ProofOfWork>().Select(rule => rule.Difficulty.GetType()), Is.EquivalentTo(targets));
    }

    /// <summary>A rule, what makes blocks under it, and what they look like.</summary>
    public sealed class Kind
    {
        private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(5);
        private static readonly Target s_target = Target.ForHashes(HashesPerBlock);

        private delegate IBlockProducer? ProducerOf(ConsensusSpec rule, int index, ImmutableArray<PrivateKey> keys, ChainProfile profile, World world, INonceSearch search);

        private readonly Func<ImmutableArray<Address>, ConsensusSpec> _rule;
        private readonly ProducerOf _producer;

        private Kind(string name, Func<ImmutableArray<Address>, ConsensusSpec> rule, ProducerOf producer, bool isSealed, bool isCertified) =>
            (Name, _rule, _producer, Shape) = (name, rule, producer, (!isSealed, !isCertified));

        public static IReadOnlyList<Kind> All { get; } =
        [
            Work("constant", new ProofOfWork(s_target.Value)),
            Work("asert2", new ProofOfWork(s_target, new Asert(s_spacing, TimeSpan.FromMinutes(10)))),
            Work("lwma", new ProofOfWork(s_target, new Lwma(s_spacing, 4))),
            Work("bitcoin", new ProofOfWork(s_target, new BitcoinRetarget(s_spacing, 3))),
            new("authority", all => new SingleAuthority(all[0]), (_, index, keys, profile, _, _) => index == 0 ? new AuthorityProducer(keys[0], profile.Signatures) : null, true, false),
            new("clique", all => new ProofOfAuthority(all, TimeSpan.FromSeconds(1)), (rule, index, keys, profile, _, _) => new ProofOfAuthorityProducer((ProofOfAuthority)rule, keys[index], profile.Signatures), true, false),
            new("bft", all => new BftConsensus(ValidatorSet.Of(all), BftScene.Fast), (rule, index, keys, profile, world, _) => new BftProducer((BftConsensus)rule, keys[index], profile, world.Random), false, true),
            new("a custom one", all => new VoteInstance(all), (_, index, keys, profile, _, _) => new Voter((byte)index, keys[index], [.. keys.Select(key => profile.Signatures.AddressOf(key.PublicKey))], profile), true, true),
        ];

        public string Name { get; }

        public (bool HasNoSeal, bool HasNoCertificate) Shape { get; }

        public ConsensusSpec Rule(ImmutableArray<Address> addresses) => _rule(addresses);

        internal IBlockProducer? Producer(ConsensusSpec rule, int index, ImmutableArray<PrivateKey> keys, ChainProfile profile, World world, INonceSearch search) => _producer(rule, index, keys, profile, world, search);

        private static Kind Work(string name, ProofOfWork work) =>
            new(name, _ => work, (_, index, keys, profile, _, search) => new ProofOfWorkProducer(profile.Signatures.AddressOf(keys[index].PublicKey), new MiningOptions(), search), false, false);
    }
}
