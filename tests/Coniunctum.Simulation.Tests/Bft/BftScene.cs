using System.Collections.Immutable;
using Coniunctum.Bft;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Simulation.Tests.Bft;

/// <summary>A world of validators, and the record of what each has sent.</summary>
internal sealed class BftScene
{
    public const ulong Grant = 1_000;

    private readonly Dictionary<(Address Sender, ulong Height, ulong Round, ulong Kind), ReadOnlyMemory<byte>> _said = [];
    private readonly Dictionary<ulong, BlockId> _blocks = [];

    public BftScene(World world, int validators, Func<int, NodeOptions, NodeOptions>? change = null, int others = 0)
    {
        World = world;
        Keys = [.. Enumerable.Range(0, validators + others).Select(_ => PrivateKey.Generate(world.Random))];
        ISignatureScheme scheme = Profiles.Development.Signatures;
        Addresses = [.. Keys.Select(key => scheme.AddressOf(key.PublicKey))];
        Rule = new BftConsensus(ValidatorSet.Of(Addresses.Take(validators)), Fast);
        Profile = Profiles.Development with
        {
            Consensus = Rule,
            Applications = [Rule.Application],
            Genesis = new GenesisSpec
            {
                Timestamp = Profiles.Development.Genesis.Timestamp,
                Allocations = [.. Addresses.Select(address => new GenesisSpec.Allocation(address, Grant))],
            },
        };
        world.Observer = Watch;
        for (int i = 0; i < validators + others; i++)
        {
            int index = i;
            var options = new NodeOptions { Producer = _ => Validator(index) };
            world.AddNode(Profile, change?.Invoke(index, options) ?? options);
        }
    }

    public static BftTiming Fast { get; } = new()
    {
        Pause = TimeSpan.FromMilliseconds(200),
        Propose = TimeSpan.FromMilliseconds(1_000),
        Vote = TimeSpan.FromMilliseconds(500),
        Growth = TimeSpan.FromMilliseconds(250),
        Resend = TimeSpan.FromMilliseconds(400),
    };

    public World World { get; }

    public BftConsensus Rule { get; }

    public ImmutableArray<PrivateKey> Keys { get; }

    public ImmutableArray<Address> Addresses { get; }

    public ChainProfile Profile { get; }

    /// <summary>The validators' present lives.</summary>
    public Dictionary<int, BftProducer> Producers { get; } = [];

    /// <summary>How often someone has signed two things where it may sign one.</summary>
    public int Contradictions { get; private set; }

    /// <summary>Whether someone is expected to.</summary>
    public bool MayContradict { get; set; }

    /// <summary>Who has said something at a height.</summary>
    public IEnumerable<Address> SpeakersAt(ulong height) => _said.Keys.Where(said => said.Height == height).Select(said => said.Sender).Distinct();

    public SimulatedNode this[int index] => World.Nodes[index];

    public BftProducer Validator(int index) => Producers[index] = new BftProducer(Rule, Keys[index], Profile, World.Random);

    public bool Reached(ulong height) => World.Nodes.All(node => node.IsUp && node.Chain.Tip.Header.Height >= height);

    /// <summary>Runs until all nodes have reached a height, and checks that there is one block at each.</summary>
    public void RunTo(ulong height, TimeSpan limit)
    {
        bool reached = World.RunUntil(() => Reached(height), limit);
        Assert.That(reached, Is.True, () => $"Seed {World.Seed}: after {World.Now} the tips are at {string.Join(", ", World.Nodes.Select(node => node.IsUp ? node.Chain.Tip.Header.Height.ToString() : "down"))}.");
        Check();
    }

    /// <summary>Checks that there is one block at each height, and that no one contradicted itself.</summary>
    public void Check()
    {
        foreach (SimulatedNode node in World.Nodes.Where(node => node.IsUp))
        {
            for (ulong h = 1; h <= node.Chain.Tip.Header.Height; h++)
            {
                BlockId id = node.Chain.BlockAt(h)!.Id;
                _blocks.TryAdd(h, id);
                Assert.That(id, Is.EqualTo(_blocks[h]), $"Seed {World.Seed}: {node.Name} has another block at height {h}.");
            }
        }

        if (MayContradict) return;
        Assert.That(Contradictions, Is.Zero, $"Seed {World.Seed}");
        Assert.That(Producers.Values.SelectMany(producer => producer.Evidence), Is.Empty, $"Seed {World.Seed}");
    }

    /// <summary>Returns the proposal or the vote that a message of a validator is; none of another message.</summary>
    public static List<SaidMessage> Read(string subject, ReadOnlyMemory<byte> content)
    {
        var said = new List<SaidMessage>();
        if (subject is not ("bft.vote" or "bft.proposal")) return said;
        var reader = new CanonicalReader(content);
        long start = reader.Consumed;
        reader.ReadArrayHeader(7);
        (ulong kind, ulong height, ulong round) = (reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        BlockId? block = reader.TryReadNil() ? null : new BlockId(reader.ReadHash256());
        reader.ReadUInt64();
        var sender = new Address(reader.ReadHash256());
        said.Add(new SaidMessage(kind, height, round, block, sender, reader.BytesSince(start)));
        return said;
    }

    private void Watch(WorldEvent happened)
    {
        if (happened.Kind != WorldEventKind.Sent) return;
        foreach (SaidMessage said in Read(happened.Subject, happened.Content))
        {
            (Address, ulong, ulong, ulong) key = (said.Sender, said.Height, said.Round, said.Kind);
            if (!_said.TryAdd(key, said.Content) && !_said[key].Span.SequenceEqual(said.Content.Span)) Contradictions++;
        }
    }

    /// <summary>A proposal or a vote, and the bytes that say which.</summary>
    internal readonly record struct SaidMessage(ulong Kind, ulong Height, ulong Round, BlockId? Block, Address Sender, ReadOnlyMemory<byte> Content);
}
