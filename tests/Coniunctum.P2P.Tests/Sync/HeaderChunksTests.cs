using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Sync;

/// <summary>
/// A branch of tens of thousands of headers that outweighs this node's chain only at its end: the first pass keeps few of them, the
/// second fetches them again of several peers at once, and whoever lies there is found out.
/// </summary>
public sealed class HeaderChunksTests : IEffectSink<IPeerEffect>
{
    private const int Length = 24_300;
    private const int Kept = 4_000;

    private static readonly World s_world = new(StandardFormat.Instance);
    private static readonly PeerHead[] s_chain = Chain(Length, World.Owner(1));
    private static readonly Dictionary<BlockId, int> s_places = s_chain.Select((head, place) => (head.View.Id, place)).ToDictionary();

    private readonly Queue<IPeerEffect> _effects = new();
    private readonly Queue<IPeerInput> _inputs = new();
    private readonly Dictionary<PeerId, Func<GetHeaders, ImmutableArray<PeerHead>?>> _answers = [];
    private readonly List<(PeerId Peer, GetHeaders Question)> _asked = [];
    private readonly List<ulong> _arrived = [];
    private readonly Dictionary<PeerId, string> _closed = [];
    private PeerCore _core = null!;
    private DurableHead _genesis = null!;
    private DurableHead _tip = null!;
    private TimeSpan _now;
    private TimeSpan? _timer;
    private int _most;

    [SetUp]
    public void Forget()
    {
        _effects.Clear();
        _inputs.Clear();
        _answers.Clear();
        _asked.Clear();
        _arrived.Clear();
        _closed.Clear();
        (_now, _timer, _most) = (default, null, 0);
    }

    [Test]
    public void Branch_ThatOutweighsAtItsEnd_IsFetchedInTwoPasses_WithFewHeadersKept([Values(1, 3)] int peers)
    {
        Begin([.. Enumerable.Range(0, peers).Select(_ => (Func<GetHeaders, ImmutableArray<PeerHead>?>)Honest)]);
        Run();
        Assert.That(_arrived, Is.EqualTo(s_chain.Select(head => head.View.Height)), "every body, in order");
        Assert.That(_closed, Is.Empty);
        Assert.That(_most, Is.InRange(Kept, Kept + 8_000));
        IEnumerable<(PeerId Peer, GetHeaders Question)> again = _asked.Where(asked => asked.Question.Stop is not null);
        Assert.That(again.Select(asked => asked.Peer).Distinct().Count(), Is.EqualTo(peers));
        Assert.That(again.Select(asked => asked.Question.Stop).Distinct().Count(), Is.EqualTo(again.Count()), "each chunk once");
    }

    [TestCase("unlinked", true)]
    [TestCase("without work", true)]
    [TestCase("from elsewhere", true)]
    [TestCase("another branch", false)]
    [TestCase("nothing", false)]
    [TestCase("silent", false)]
    public void Chunk_OfALiar_ComesFromAnother_AndWhatIsProvenIsBlamed(string lie, bool isProven)
    {
        Begin(Honest, asked => Lie(lie, asked), Honest);
        Run();
        Assert.That(_arrived, Is.EqualTo(s_chain.Select(head => head.View.Height)));
        Assert.That(_asked.Where(asked => asked.Question.Stop is not null).Select(asked => asked.Peer), Does.Contain(new PeerId(2)), "it was asked");
        Assert.That(_closed.Keys, Is.EqualTo(isProven ? new[] { new PeerId(2) } : []), string.Join(", ", _closed.Values));
    }

    [Test]
    public void Branch_ThatNeverOutweighs_IsGivenUp_AndCostsFewHeaders()
    {
        Begin(WeightOf(Length), Honest);
        Run();
        Assert.That(_arrived, Is.Empty);
        Assert.That(_core.Status.IsSynchronising, Is.False);
        Assert.That(_most, Is.LessThan(Kept + 2_000));
        Assert.That(_core.HeadersKept, Is.Zero);
    }

    void IEffectSink<IPeerEffect>.Emit(IPeerEffect effect) => _effects.Enqueue(effect);

    private static ImmutableArray<PeerHead>? Honest(GetHeaders asked)
    {
        int from = s_places.TryGetValue(new BlockId(asked.Locator[0]), out int place) ? place + 1 : 0;
        int end = asked.Stop is { } stop && s_places.TryGetValue(new BlockId(stop), out int last) ? last + 1 : Length;
        return [.. s_chain[from..Math.Min(end, from + WireLimits.Headers)]];
    }

    private static ImmutableArray<PeerHead>? Lie(string lie, GetHeaders asked)
    {
        ImmutableArray<PeerHead> honest = Honest(asked)!.Value;
        var from = new BlockId(asked.Locator[0]);
        ulong height = honest[0].View.Height - 1;
        return lie switch
        {
            "unlinked" => honest.RemoveAt(1_000),
            "from elsewhere" => honest.RemoveAt(0),
            "without work" => [.. Chain(honest.Length, World.Owner(2), from, height, hasWork: false)],
            "another branch" => [.. Chain(honest.Length, World.Owner(2), from, height)],
            "nothing" => [],
            _ => null,
        };
    }

    private static PeerHead[] Chain(int length, Address maker) => Chain(length, maker, s_world.ChainId, 0);

    private static PeerHead[] Chain(int length, Address maker, BlockId previous, ulong height, bool hasWork = true)
    {
        var heads = new PeerHead[length];
        Hash256 target = ProofOfWork.TargetFor(2).Value;
        for (int i = 0; i < length; i++)
        {
            var header = new BlockHeader { Height = height + (ulong)i + 1, Nonce = 0, Previous = previous, MerkleRoot = maker.Value, Target = target, Timestamp = new Timestamp(1_000_000 + ((height + (ulong)i + 1) * 1_000)) };
            Hash256 digest = StandardFormat.Instance.Digest(header);
            while (digest < target != hasWork)
            {
                header = header with { Nonce = header.Nonce + 1 };
                digest = StandardFormat.Instance.Digest(header);
            }

            previous = new BlockId(digest);
            heads[i] = new PeerHead(new HeaderView(header, previous, default), null);
        }

        return heads;
    }

    /// <summary>The weight of so many blocks.</summary>
    private static Work WeightOf(int blocks)
    {
        Work weight = Work.Zero;
        for (int i = 0; i < blocks; i++) Work.TryAdd(weight, s_world.BlockWeight, out weight);
        return weight;
    }

    private void Begin(params Func<GetHeaders, ImmutableArray<PeerHead>?>[] answers) => Begin(WeightOf(Length - 100), answers);

    /// <summary>A node whose chain weighs as much as is said, though it has one block; the first peer claims more, and the others have as many blocks.</summary>
    private void Begin(Work weight, params Func<GetHeaders, ImmutableArray<PeerHead>?>[] answers)
    {
        _core = new PeerCore(
            s_world.Profile, new PeerOptions { NodeKey = TestKeys.Public(1), Entropy = new Zeros(), KeptHeaders = Kept }, new SimpleAddressBook(new Zeros()));
        var forge = new Forge(s_world);
        HashedBlock own = forge.Next(forge.Genesis);
        _genesis = new DurableHead(HeaderView.Of(forge.Genesis), Blocks.HeadOf(forge.Genesis), default, Work.Zero);
        _tip = new DurableHead(HeaderView.Of(own), Blocks.HeadOf(own), default, weight);
        _inputs.Enqueue(new NodeInput.Started(s_world.ChainId, static _ => null));
        for (int i = 0; i < answers.Length; i++)
        {
            var peer = new PeerId(i + 1);
            _answers.Add(peer, answers[i]);
            _inputs.Enqueue(new PeerInput.Connected(peer, null, PeerWorld.EndpointOf(i), null));
            _inputs.Enqueue(new PeerInput.Received(peer, new Hello(WireVersion.Major, WireVersion.Minor, (ulong)i + 1, TestKeys.Public((byte)(10 + i)), [], NodeRoles.Full), 100));
            Work claimed = i == 0 ? Work.Max : Work.Zero;
            _inputs.Enqueue(new PeerInput.Received(peer, new Open(s_world.ChainId.Value, 0, 0, Length, claimed.ToBytes(), s_chain[^1].View.Id.Value, null), 100));
        }
    }

    /// <summary>Lets everything happen, and time pass, until nothing more is due within a minute.</summary>
    private void Run()
    {
        TimeSpan end = TimeSpan.FromSeconds(60);
        while (_now < end)
        {
            while (_inputs.TryDequeue(out IPeerInput? input))
            {
                _core.Step(input, new NodeTime(new Timestamp(1_000_000_000_000), new SteadyTime(_now)), this);
                _most = Math.Max(_most, _core.HeadersKept);
                while (_effects.TryDequeue(out IPeerEffect? effect)) Take(effect);
            }

            if (_timer is not { } timer) return;
            (_now, _timer) = (timer > _now ? timer : _now, null);
            _inputs.Enqueue(new NodeInput.TimerFired(PeerCore.Timer));
        }
    }

    private void Take(IPeerEffect effect)
    {
        switch (effect)
        {
            case PeerEffect.ReadLocator read:
                _inputs.Enqueue(new PeerInput.LocatorRead(read.Job, _tip, [_tip.Id, _genesis.Id]));
                break;
            case PeerEffect.ReadHeads read:
                _inputs.Enqueue(new PeerInput.HeadsRead(read.Job, read.From == 0 ? [_genesis] : [_tip]));
                break;
            case NodeEffect.SetTimer set:
                _timer = set.At.Elapsed;
                break;
            case PeerEffect.SendMessage { Message: GetHeaders asked } sent:
                _asked.Add((sent.To, asked));
                if (_answers[sent.To](asked) is { } heads) _inputs.Enqueue(new PeerInput.HeadsReceived(sent.To, MessageKind.Headers, heads, heads.Length * 200));
                break;
            case PeerEffect.SendMessage { Message: GetBlocks asked } sent:
                foreach (Hash256 id in asked.Ids) _inputs.Enqueue(new PeerInput.BlockReceived(sent.To, BlockOf(s_chain[s_places[new BlockId(id)]])));
                break;
            case PeerEffect.Close close:
                _closed[close.To] = close.Text;
                _inputs.Enqueue(new PeerInput.Closed(close.To, close.Text));
                break;
            case NodeInput.BlockArrived arrived:
                _arrived.Add(arrived.Block.Header.Height);
                _inputs.Enqueue(new NodeEffect.BlockJudged(arrived.Block, arrived.From, Verdict.Valid, Blame.None, IsPending: true));
                break;
            default:
                break;
        }
    }

    private static HashedBlock BlockOf(PeerHead head) =>
        HashedBlock.Create(new Ledger.Block { Header = head.View.Header, Transactions = [], Seal = default }, StandardFormat.Instance, s_world.ChainId);

    private sealed class Zeros : IEntropySource
    {
        public void Fill(Span<byte> buffer) => buffer.Clear();
    }
}
