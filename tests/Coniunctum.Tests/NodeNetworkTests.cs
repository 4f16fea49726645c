using Coniunctum.Authority;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Wire.Messages;
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

    [Test]
    public async Task Flood_OfOneLedger_HoldsUpNeitherTheTransfersNorTheSynchronisationOfAnother()
    {
        await using NodeNetwork first = await StartAsync();
        await using NodeNetwork second = await StartAsync();
        await using var payments = new LedgerGroup(SingleAuthorityOf(out PrivateKey key));
        using PrivateKey authority = key;
        await using LedgerHost flooded = await MineAsync(first, s_one, 20);
        await using LedgerHost maker = await LedgerBuilder.For(payments.Profile).UseAuthority(authority).UseNetwork(first).StartAsync().Soon();
        for (ulong amount = 1; amount <= 20; amount++) await maker.SubmitAndConfirmAsync(Transfer.Sign(payments.Owner, to: s_friend, amount, maker.Context)).Soon();

        using var stop = new CancellationTokenSource();
        var said = new int[3];
        Task[] floods = [.. said.Select((_, index) => FloodAsync(first, flooded, index, () => said[index]++, stop.Token))];
        await Waiting.UntilAsync(() => Array.TrueForAll(said, count => count > 200));

        await using LedgerHost payer = await FollowAsync(second, payments.Profile, first);
        for (ulong amount = 21; amount <= 30; amount++) await payer.SubmitAndConfirmAsync(Transfer.Sign(payments.Owner, to: s_friend, amount, payer.Context)).Soon();
        await Waiting.UntilAsync(() => payer.Tip.Id == maker.Tip.Id);
        Assert.That(payer.Balance(s_friend), Is.EqualTo(30 * 31 / 2));
        Assert.That(floods.Where(flood => flood.IsCompleted), Is.Empty, "they go on");
        Assert.That(new[] { flooded, maker, payer }.Select(ledger => (ledger.Halted, ledger.Network!.ReadStatus().InternalErrors)), Is.All.EqualTo(((HaltReason?)null, 0L)));
        await stop.CancelAsync();
        await Task.WhenAll(floods).Soon();
    }

    [Test]
    public async Task Ledger_WhoseStoreFails_IsShutOnItsConnections_AndTheOtherGoesOnOverThem()
    {
        await using NodeNetwork first = await StartAsync();
        await using NodeNetwork second = await StartAsync();
        await using LedgerGroup one = new(SingleAuthorityOf(out PrivateKey oneKey)), other = new(SingleAuthorityOf(out PrivateKey otherKey));
        using PrivateKey oneAuthority = oneKey, otherAuthority = otherKey;
        await using LedgerHost oneMaker = await LedgerBuilder.For(one.Profile).UseAuthority(oneAuthority).UseNetwork(first).StartAsync().Soon();
        await using LedgerHost otherMaker = await LedgerBuilder.For(other.Profile).UseAuthority(otherAuthority).UseNetwork(first).StartAsync().Soon();
        var store = new TestStore();
        LedgerHost failing = await LedgerBuilder.For(one.Profile).UseStore(store).UseNetwork(second, peers: first.Addresses).StartAsync().Soon();
        await using LedgerHost healthy = await FollowAsync(second, other.Profile, first);
        await failing.SubmitAndConfirmAsync(Transfer.Sign(one.Owner, to: s_friend, 1, failing.Context)).Soon();
        await Waiting.UntilAsync(() => second.ReadPeers().Count == 1);
        long received = second.ReadPeers()[0].BytesReceived;

        store.OnCommits = static _ => throw new IOException("The disk is full.");
        await oneMaker.SubmitAndConfirmAsync(Transfer.Sign(one.Owner, to: s_friend, 2, oneMaker.Context)).Soon();
        await Waiting.UntilAsync(() => failing.Halted is not null && oneMaker.Network!.ReadStatus().Peers.IsEmpty);
        Assert.That(failing.Halted!.Code, Is.EqualTo(HaltCode.StoreFailed));
        await healthy.SubmitAndConfirmAsync(Transfer.Sign(other.Owner, to: s_friend, 3, healthy.Context)).Soon();
        Assert.That(otherMaker.Balance(s_friend), Is.EqualTo(3));
        Assert.That(second.ReadPeers().Single().BytesReceived, Is.GreaterThan(received), "the same connection, since it counts on");

        // With another disk it begins again, on the same connection.
        await failing.DisposeAsync().AsTask().Soon();
        await using LedgerHost again = await FollowAsync(second, one.Profile, first);
        await Waiting.UntilAsync(() => again.Tip.Id == oneMaker.Tip.Id);
        Assert.That(second.ReadPeers().Single().BytesReceived, Is.GreaterThan(received));
    }

    [Test]
    public async Task Transport_ThatThrows_IsSaidByEachLedger_AndTheyGoOn()
    {
        var transport = new ThrowingTransport();
        using NodeKey key = NodeKey.Generate(SystemEntropy.Instance);
        await using var network = new NodeNetwork(
            new SharedNetwork(new SharedNetworkSetup { Transport = transport, NodeKey = key.PublicKey, Entropy = SystemEntropy.Instance, Time = TimeProvider.System }), key.Id, []);
        await using LedgerHost one = await MineAsync(network, s_one, 5);
        await using LedgerHost other = await MineAsync(network, s_other, 5);
        transport.Throw();
        await Waiting.UntilAsync(() => new[] { one, other }.All(ledger => ledger.Network!.ReadStatus().InternalErrors > 0));
        Assert.That(new[] { one, other }.Select(ledger => ledger.Network!.ReadStatus().LastInternalError), Is.All.Contains("the cable is gone"));
        await Waiting.UntilAsync(() => one.Tip.Header.Height == 5 && other.Tip.Header.Height == 5);
        Assert.That(new[] { one, other }.Select(ledger => ledger.Halted), Is.All.Null);
        await Waiting.UntilAsync(() => transport.Accepts > 1);
    }

    private static SingleAuthority SingleAuthorityOf(out PrivateKey key)
    {
        key = PrivateKey.Generate(SystemEntropy.Instance);
        return new SingleAuthority(Profiles.Development.Signatures.AddressOf(key.PublicKey));
    }

    /// <summary>Says all the time that it has transactions, gives none of them, and submits some that no one can pay.</summary>
    private static async Task FloodAsync(NodeNetwork network, LedgerHost ledger, int number, Action said, CancellationToken stop)
    {
        await using WireClient client = await WireClient.OpenAsync(network.Endpoints[0], ledger.ChainId);
        using PrivateKey poor = PrivateKey.Generate(SystemEntropy.Instance);
        var hasher = new TransactionHasher(s_one.Format, ledger.ChainId);
        try
        {
            for (int i = 0; ; i++)
            {
                if (i % 100 == 50)
                {
                    await client.SayAsync(1, new Submit(hasher.Hash(Transfer.Sign(poor, to: s_friend, (ulong)i, ledger.Context)).Encoded), stop);
                    await client.HearAsync<Submitted>(stop);
                }
                else
                {
                    await client.SayAsync(1, new Have([.. Enumerable.Range(0, 1_000).Select(leaf => Sha3_256.Hash(BitConverter.GetBytes((i << 12) + leaf + ((long)number << 40))))]), stop);
                }

                said();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was long enough.
        }
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
