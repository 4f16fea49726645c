using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Sync;
using Coniunctum.P2P.Tests.Support;

namespace Coniunctum.P2P.Tests.Sync;

public sealed class BodyFetcherTests : IEffectSink<IPeerEffect>
{
    private static readonly World s_world = new(StandardFormat.Instance);
    private static readonly HashedBlock s_block = new Forge(s_world).Next(new Forge(s_world).Genesis);

    [Test]
    public void TryTake_LateAnswerToAnotherClient_GoesToThatOne_AndTheOtherWaitsOn()
    {
        var output = new PeerOutput();
        var fetcher = new BodyFetcher(output);
        Client proposals = new(), blocks = new();
        Peer slow = Make(1), other = Make(2);
        At(TimeSpan.Zero);
        fetcher.Open(slow);
        fetcher.Open(other);
        fetcher.Ask(slow, [s_block.Id], proposals);
        At(TimeSpan.FromSeconds(10));
        fetcher.Look();
        Assert.That(proposals.Lost, Is.EqualTo(1));
        fetcher.Ask(other, [s_block.Id], blocks);

        Assert.That(fetcher.TryTake(slow, s_block), Is.True);
        Assert.That((proposals.Taken, blocks.Taken), Is.EqualTo((1, 0)), "it is a proposal's, perhaps without its certificate");
        Assert.That(fetcher.IsAsked(s_block.Id), Is.True);
        Assert.That(fetcher.TryTake(other, s_block), Is.True);
        Assert.That((proposals.Taken, blocks.Taken), Is.EqualTo((1, 1)));

        void At(TimeSpan time) => output.Begin(new NodeTime(default, new SteadyTime(time)), this);
    }

    [Test]
    public void TryTake_LateAnswerToTheSameClient_IsAsGoodAsTheOneAskedForInstead()
    {
        var output = new PeerOutput();
        var fetcher = new BodyFetcher(output);
        var client = new Client();
        Peer slow = Make(1), other = Make(2);
        output.Begin(new NodeTime(default, new SteadyTime(TimeSpan.Zero)), this);
        fetcher.Open(slow);
        fetcher.Open(other);
        fetcher.Ask(slow, [s_block.Id], client);
        output.Begin(new NodeTime(default, new SteadyTime(TimeSpan.FromSeconds(10))), this);
        fetcher.Look();
        fetcher.Ask(other, [s_block.Id], client);

        Assert.That(fetcher.TryTake(slow, s_block), Is.True);
        Assert.That((client.Taken, fetcher.IsAsked(s_block.Id)), Is.EqualTo((1, false)));
    }

    void IEffectSink<IPeerEffect>.Emit(IPeerEffect effect)
    {
        // What it asks is not answered by anyone but the test.
    }

    private static Peer Make(byte number) => new(new PeerInput.Connected(new PeerId(number), null, PeerWorld.EndpointOf(number), null), default);

    private sealed class Client : IBodyClient
    {
        public int Taken { get; private set; }

        public int Lost { get; private set; }

        public bool TryTake(Peer from, HashedBlock block)
        {
            Taken++;
            return true;
        }

        void IBodyClient.Lost(Peer from, BlockId id) => Lost++;
    }
}
