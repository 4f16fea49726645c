using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.P2P.Identity;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>Several ledgers of one process over the same connections.</summary>
public sealed class NodeNetworkTests
{
    private static readonly Address s_friend = new(Sha3_256.Hash([7]));
    private static readonly ChainProfile s_one = ProfileOf(1_000);
    private static readonly ChainProfile s_other = ProfileOf(2_000);

    [Test]
    public async Task TwoLedgers_OfTwoNodes_HaveOneConnection_AndBothChains()
    {
        await using NodeNetwork first = await StartAsync();
        await using NodeNetwork second = await StartAsync();
        await using LedgerHost miner = await MineAsync(first, s_one, 40);
        await using LedgerHost otherMiner = await MineAsync(first, s_other, 25);
        await using LedgerHost follower = await FollowAsync(second, s_one, first);
        await using LedgerHost otherFollower = await FollowAsync(second, s_other, first);

        await Waiting.UntilAsync(() => follower.Tip.Header.Height == 40 && otherFollower.Tip.Header.Height == 25);
        Assert.That((follower.Tip.Id, otherFollower.Tip.Id), Is.EqualTo((miner.Tip.Id, otherMiner.Tip.Id)));
        // Both may have dialled: then one connection has made way for the other.
        LedgerHost[] all = [miner, otherMiner, follower, otherFollower];
        await Waiting.UntilAsync(() => first.ReadPeers().Count == 1 && second.ReadPeers().Count == 1 && all.All(ledger => ledger.Network!.ReadStatus().Peers.Length == 1));
        Assert.That(second.ReadPeers().Select(peer => (peer.Id, peer.HasLedger)), Is.EqualTo(new[] { ((NodeId?)first.Id, true) }));
        Assert.That(first.ReadPeers().Select(peer => (peer.Id, peer.HasLedger)), Is.EqualTo(new[] { ((NodeId?)second.Id, true) }));
        Assert.That(new[] { follower, otherFollower }.Select(ledger => ledger.Network!.ReadStatus().Peers.Single().Id), Is.All.EqualTo(first.Id));
        Assert.That(all.Select(ledger => ledger.Network!.ReadStatus().LastInternalError), Is.All.Null);
    }

    [Test]
    public async Task Stranger_WithOneOfTwoLedgers_IsToldNothingOfTheOther()
    {
        await using NodeNetwork node = await StartAsync(isPlain: true);
        await using LedgerHost shared = await MineAsync(node, s_one, 20);
        await using LedgerHost hidden = await MineAsync(node, s_other, 20);
        await Waiting.UntilAsync(() => shared.Tip.Header.Height == 20 && hidden.Tip.Header.Height == 20);
        await using var relay = new RecordingRelay(node.Endpoints[0]);
        await using LedgerHost stranger = await LedgerBuilder.For(s_one).UseNetwork(new NetworkOptions { Peers = { relay.Address }, IsPlain = true }).StartAsync();

        await Waiting.UntilAsync(() => stranger.Tip.Id == shared.Tip.Id);
        Assert.That(relay.HasSeen(BytesOf(shared.ChainId)));
        Assert.That(relay.HasSeen(BytesOf(hidden.ChainId)), Is.False);
        Assert.That(relay.HasSeen(BytesOf(hidden.Tip.Id)), Is.False);
        Assert.That(hidden.Network!.ReadStatus().Peers, Is.Empty);
    }

    [Test]
    public async Task PublicLedger_IsToldToWhoeverConnects()
    {
        await using NodeNetwork node = await StartAsync();
        await using LedgerHost shared = await MineAsync(node, s_one, 10, isPublic: true);
        await using NodeNetwork second = await StartAsync(peers: node.Addresses);
        await using LedgerHost follower = await LedgerBuilder.For(s_one).UseNetwork(second).StartAsync();

        await Waiting.UntilAsync(() => shared.Tip.Header.Height == 10 && follower.Tip.Id == shared.Tip.Id);
        Assert.That(second.ReadPeers(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Ledger_ThatStops_LeavesTheConnectionToTheOther_AndIsOpenedOnItAgain()
    {
        await using NodeNetwork first = await StartAsync();
        await using NodeNetwork second = await StartAsync();
        await using LedgerHost miner = await MineAsync(first, s_one, 10);
        await using LedgerHost otherMiner = await MineAsync(first, s_other, 10);
        await using LedgerHost follower = await FollowAsync(second, s_one, first);
        LedgerHost otherFollower = await FollowAsync(second, s_other, first);
        await Waiting.UntilAsync(() => follower.Tip.Header.Height == 10 && otherFollower.Tip.Header.Height == 10);
        long received = second.ReadPeers().Single().BytesReceived;

        await otherFollower.DisposeAsync().AsTask().Soon();
        await Waiting.UntilAsync(() => otherMiner.Network!.ReadStatus().Peers.IsEmpty);
        Assert.That(follower.Network!.ReadStatus().Peers, Has.Length.EqualTo(1));
        otherFollower = await FollowAsync(second, s_other, first);
        await using LedgerHost _ = otherFollower;
        await Waiting.UntilAsync(() => otherFollower.Tip.Id == otherMiner.Tip.Id);
        // The same connection, since it counts on.
        Assert.That(second.ReadPeers().Single().BytesReceived, Is.GreaterThan(received));
        Assert.That(miner.Network!.ReadStatus().Peers.Single().Id, Is.EqualTo(second.Id));
    }

    [Test]
    public async Task SameChainTwice_OnOneNetwork_IsRefused_AndFreeWhenTheFirstHasStopped()
    {
        await using NodeNetwork network = await StartAsync();
        LedgerHost ledger = await LedgerBuilder.For(s_one).UseNetwork(network).StartAsync();

        NetworkStartException? refused = await Assert.ThrowsAsync<NetworkStartException>(() => LedgerBuilder.For(s_one).UseNetwork(network).StartAsync());
        Assert.That(refused!.Fault, Is.EqualTo(NetworkStartFault.ChainTaken));
        await ledger.DisposeAsync().AsTask().Soon();
        await using LedgerHost again = await LedgerBuilder.For(s_one).UseNetwork(network).StartAsync();
        Assert.That(again.Tip.Header.Height, Is.Zero);
    }

    private static ChainProfile ProfileOf(ulong amount) => Profiles.Development with
    {
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)),
        Genesis = Profiles.Development.Genesis with { IsDrawn = false, Allocations = [new(s_friend, amount)] },
    };

    private static Task<NodeNetwork> StartAsync(bool isPlain = false, IEnumerable<string>? peers = null)
    {
        var options = new NetworkOptions { Listen = { "127.0.0.1:0" }, IsPlain = isPlain };
        foreach (string peer in peers ?? []) options.Peers.Add(peer);
        return NodeNetwork.StartAsync(options).Soon();
    }

    private static Task<LedgerHost> MineAsync(NodeNetwork network, ChainProfile profile, ulong height, bool isPublic = false) => LedgerBuilder.For(profile)
        .UseProofOfWork(s_friend, options: new MiningOptions { LastHeight = height }).UseNetwork(network, isPublic: isPublic).StartAsync().Soon();

    private static Task<LedgerHost> FollowAsync(NodeNetwork network, ChainProfile profile, NodeNetwork at) =>
        LedgerBuilder.For(profile).UseNetwork(network, peers: at.Addresses).StartAsync().Soon();

    private static byte[] BytesOf(BlockId id)
    {
        byte[] bytes = new byte[Hash256.Size];
        id.Value.CopyTo(bytes);
        return bytes;
    }
}
