using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.Testing;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>Ledgers in one process that keep one chain over TCP and TLS.</summary>
public sealed class LedgerNetworkTests
{
    private static readonly Address s_friend = new(Sha3_256.Hash([7]));

    [Test]
    public async Task Follower_FromGenesis_HasTheWholeChain()
    {
        const ulong height = 300;
        await using var group = new LedgerGroup();
        LedgerHost miner = await group.StartMiningAsync(height);
        await Waiting.UntilAsync(() => miner.Tip.Header.Height == height);
        LedgerHost follower = await group.StartAsync(miner.Network!.Addresses);

        await follower.Network!.WaitUntilSynchronizedAsync().Soon();
        Assert.That(follower.Tip.Id, Is.EqualTo(miner.Tip.Id));
        NetworkStatus status = follower.Network.ReadStatus();
        Assert.That(status, Is.EqualTo(status with { IsSynchronized = true, IsSynchronizing = false, LastFailure = null }));
        Assert.That(status.Failures, Is.Empty);
        NetworkPeer peer = status.Peers.Single();
        Assert.That((peer.Id, peer.Endpoint, peer.IsOutbound, peer.HasLedger), Is.EqualTo(((NodeId?)miner.Network.Id, miner.Network.Endpoints[0], true, true)));
        Assert.That(peer.BytesReceived, Is.GreaterThan((long)height * 100));
        Assert.That(peer.BytesSent, Is.GreaterThan(0));
        Assert.That(miner.Network.ReadStatus().Peers.Single().Id, Is.EqualTo(follower.Network.Id));
    }

    [Test]
    public async Task Transfer_SubmittedAtAFollower_IsConfirmedEverywhere()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        await using var group = new LedgerGroup(new SingleAuthority(Profiles.Development.Signatures.AddressOf(key.PublicKey)));
        LedgerHost authority = await group.StartAsync(build: builder => builder.UseAuthority(key));
        LedgerHost middle = await group.StartAsync(authority.Network!.Addresses);
        // It knows the authority by what the one in the middle says of it, if at all.
        LedgerHost far = await group.StartAsync(middle.Network!.Addresses);
        await far.Network!.WaitUntilSynchronizedAsync().Soon();

        Confirmation confirmation = await far.SubmitAndConfirmAsync(Transfer.Sign(group.Owner, to: s_friend, amount: 5, far.Context)).Soon();
        await Waiting.UntilAsync(() => authority.Tip.Id == far.Tip.Id && middle.Tip.Id == far.Tip.Id);
        Assert.That(confirmation.Block, Is.EqualTo(far.Tip.Id));
        Assert.That(new[] { authority, middle, far }.Select(ledger => ledger.Balance(s_friend)), Is.All.EqualTo(5));
    }

    [Test]
    public async Task Fork_OfTwoWhoMeet_Heals()
    {
        await using var group = new LedgerGroup();
        LedgerHost shorter = await group.StartMiningAsync(20);
        LedgerHost longer = await group.StartMiningAsync(30);
        await Waiting.UntilAsync(() => shorter.Tip.Header.Height == 20 && longer.Tip.Header.Height == 30);
        BlockId lost = shorter.Tip.Id;

        await shorter.Network!.AddPeerAsync(longer.Network!.Addresses[0]).Soon();
        await Waiting.UntilAsync(() => shorter.Tip.Id == longer.Tip.Id);
        Assert.That(shorter.Chain.ConfirmationsOf(lost), Is.Zero);
    }

    [Test]
    public async Task Peer_ThatIsStartedAgainWithoutItsChain_GetsItBack_ByTheConnectionThatTheOtherMakesAnew()
    {
        using var folder = new TemporaryFolder();
        string keyFile = folder.PathOf("node.key");
        await using var group = new LedgerGroup();
        LedgerHost first = await group.StartMiningAsync(50, options: network => network.KeyFile = keyFile);
        NodeId id = first.Network!.Id;
        string endpoint = first.Network.Endpoints[0].ToString();
        LedgerHost follower = await group.StartAsync(first.Network.Addresses);
        await Waiting.UntilAsync(() => follower.Tip.Header.Height == 50);
        await first.DisposeAsync().AsTask().Soon();

        LedgerHost again = await group.StartAsync(options: network =>
        {
            network.KeyFile = keyFile;
            network.Listen.Add(endpoint);
        });
        await Waiting.UntilAsync(() => again.Tip.Id == follower.Tip.Id);
        Assert.That(again.Network!.Id, Is.EqualTo(id));
    }

    [Test]
    public async Task Stop_DuringSynchronisation_EndsAtOnce_OnEitherSide([Values] bool isMiner)
    {
        await using var group = new LedgerGroup();
        LedgerHost miner = await group.StartMiningAsync(400);
        await Waiting.UntilAsync(() => miner.Tip.Header.Height == 400);
        LedgerHost follower = await group.StartAsync(miner.Network!.Addresses);
        Task<LedgerEvent> moved = FirstAsync(follower);
        Task waiting = follower.Network!.WaitUntilSynchronizedAsync();
        await Task.WhenAny(moved, waiting).Soon();

        LedgerHost stopped = isMiner ? miner : follower;
        await stopped.DisposeAsync().AsTask().Soon();
        Assert.That(stopped.Halted!.Code, Is.EqualTo(Coniunctum.Consensus.HaltCode.Stopped));
        if (isMiner)
            await Waiting.UntilAsync(() => follower.Network.ReadStatus().Peers.IsEmpty);
        else
            Assert.That(() => follower.Network.WaitUntilSynchronizedAsync(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Dial_OfAnotherChain_SaysSo_AndTheLedgerGoesOn()
    {
        var time = new TestClock(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        await using LedgerGroup group = new(), others = new();
        LedgerHost other = await others.StartAsync();
        LedgerHost ledger = await group.StartAsync(other.Network!.Addresses, builder => builder.UseTime(time));
        await Waiting.UntilAsync(() => !ledger.Network!.ReadStatus().Peers.IsEmpty);

        // So long a node gives the other one to open a ledger that it has too.
        await Waiting.UntilAsync(() =>
        {
            if (!ledger.Network!.ReadStatus().Peers.IsEmpty) time.Advance(TimeSpan.FromSeconds(1));
            return !ledger.Network.ReadStatus().Failures.IsEmpty;
        });
        Assert.That(ledger.Network!.ReadStatus().Failures[0].Message, Does.Contain("no ledger in common"));
        Assert.That(ledger.Halted, Is.Null);
    }

    [Test]
    public async Task Dial_OfAnotherNodeThanExpected_SaysSo()
    {
        await using var group = new LedgerGroup();
        LedgerHost one = await group.StartAsync(), two = await group.StartAsync();
        LedgerHost ledger = await group.StartAsync([$"{one.Network!.Id}@{two.Network!.Endpoints[0]}"]);
        await Waiting.UntilAsync(() => !ledger.Network!.ReadStatus().Failures.IsEmpty);
        NetworkFailure failure = ledger.Network!.ReadStatus().Failures.Single();
        Assert.That(failure.Message, Does.Contain($"At {two.Network.Endpoints[0]} is {two.Network.Id}, not the expected {one.Network.Id}"));
        Assert.That(failure.Endpoint, Is.EqualTo(two.Network.Endpoints[0]));
    }

    [Test]
    public async Task Dial_ByANodeThatIsNotAllowed_IsRefused_AndSaysWhy()
    {
        await using var group = new LedgerGroup();
        LedgerHost friend = await group.StartAsync();
        LedgerHost closed = await group.StartAsync(options: network => network.AllowedNodes.Add($"{friend.Network!.Id}"));
        LedgerHost stranger = await group.StartAsync(closed.Network!.Addresses);
        // A reset may overtake the reason and take it away; it is dialled again, and told again.
        await Waiting.UntilAsync(() => stranger.Network!.ReadStatus().Failures is [var failure] && failure.Message.Contains("NotAllowed", StringComparison.Ordinal));
        Assert.That(closed.Network.ReadStatus().Peers, Is.Empty);
    }

    [Test]
    public async Task Follower_OverPlainTcp_FollowsWhereBothAllowIt()
    {
        await using var group = new LedgerGroup();
        LedgerHost miner = await group.StartMiningAsync(5, options: network => network.IsPlain = true);
        await Waiting.UntilAsync(() => miner.Tip.Header.Height == 5);
        LedgerHost follower = await group.StartAsync([$"{miner.Network!.Endpoints[0]}"], options: network => network.IsPlain = true);
        LedgerHost other = await group.StartAsync([$"{miner.Network.Endpoints[0]}"]);
        await follower.Network!.WaitUntilSynchronizedAsync().Soon();
        Assert.That(follower.Tip.Id, Is.EqualTo(miner.Tip.Id));
        await Waiting.UntilAsync(() => !other.Network!.ReadStatus().Failures.IsEmpty);
        Assert.That(other.Network!.ReadStatus().Failures.Single().Message, Does.Contain("plain TCP"));
    }

    [Test]
    public async Task Start_AtAPortInUse_Throws_AndLeavesNothingOpen()
    {
        await using var group = new LedgerGroup();
        LedgerHost first = await group.StartAsync();
        var store = new TestStore();
        NetworkStartException? thrown = await Assert.ThrowsAsync<NetworkStartException>(() => group.StartAsync(
            build: builder => builder.UseStore(store), options: network => network.Listen.Add($"{first.Network!.Endpoints[0]}")));
        Assert.That(thrown!.Fault, Is.EqualTo(NetworkStartFault.PortInUse));
        Assert.That(thrown.Message, Does.Contain("is in use: stop the program that has it, or choose another port"));
        Assert.That(store.IsDisposed);
    }

    [Test]
    public async Task Start_WithAFileThatHoldsNoNodeKey_Throws_AndLeavesTheFileAsItIs()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("node.key");
        await File.WriteAllTextAsync(file, "something else");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var group = new LedgerGroup();
        NetworkStartException? thrown = await Assert.ThrowsAsync<NetworkStartException>(() => group.StartAsync(options: network => network.KeyFile = file));
        Assert.That((thrown!.Fault, thrown.Message), Is.EqualTo((NetworkStartFault.KeyFile, $"The file '{file}' holds no node key: restore it from a copy, or delete it; the node then gets a new id.")));
        Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo("something else"));
    }

    [Test]
    public async Task Start_AtAnAddressOfNoneOfItsOwn_Throws()
    {
        await using var group = new LedgerGroup();
        NetworkStartException? thrown = await Assert.ThrowsAsync<NetworkStartException>(() => group.StartAsync(options: network => network.Listen.Add("192.0.2.1:0")));
        Assert.That(thrown!.Fault, Is.EqualTo(NetworkStartFault.NotLocal));
    }

    [Test]
    public async Task Peers_OfTheLastRun_AreDialledAgain_WithoutBeingNamed()
    {
        using var store = new MemoryChainStore();
        await using var group = new LedgerGroup();
        LedgerHost other = await group.StartMiningAsync(5);
        LedgerHost first = await group.StartAsync(other.Network!.Addresses, builder => builder.UseStore(new TestStore(store)));
        await Waiting.UntilAsync(() => first.Tip.Header.Height == 5);
        await first.DisposeAsync().AsTask().Soon();

        LedgerHost again = await group.StartAsync(build: builder => builder.UseStore(new TestStore(store)));
        await Waiting.UntilAsync(() => again.Network!.ReadStatus().Peers.Any(peer => peer.Id == other.Network.Id && peer.HasLedger));
        Assert.That(again.Network!.ReadStatus().InternalErrors, Is.Zero);
    }

    [Test]
    public async Task PeersFile_NamesWhomToDial()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("peers.txt");
        await using var group = new LedgerGroup();
        LedgerHost other = await group.StartAsync();
        await File.WriteAllTextAsync(file, $"# those we trust\r\n\n  {other.Network!.Addresses[0]}  \n");
        LedgerHost ledger = await group.StartAsync(options: network => network.PeersFile = file);
        await Waiting.UntilAsync(() => ledger.Network!.ReadStatus().Peers.Any(peer => peer.HasLedger));
    }

    [Test]
    public async Task PeersFile_ThatCannotBeRead_OrNamesNoNode_StopsTheStart_AndSaysWhere()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("peers.txt");
        await using var group = new LedgerGroup();
        NetworkStartException? missing = await Assert.ThrowsAsync<NetworkStartException>(() => group.StartAsync(options: network => network.PeersFile = file));
        Assert.That(missing!.Message, Does.StartWith($"The file of peers '{file}' cannot be read: ").And.EndsWith("Let this user read it, or name another file."));
        await File.WriteAllTextAsync(file, "node.example:7770\n\nnode.example\n");
        NetworkStartException? wrong = await Assert.ThrowsAsync<NetworkStartException>(() => group.StartAsync(options: network => network.PeersFile = file));
        Assert.That(
            (wrong!.Fault, wrong.Message),
            Is.EqualTo((NetworkStartFault.PeersFile, $"Line 3 of the file of peers '{file}' is 'node.example'; expected host:port or node1…@host:port, with a port from 1 to 65535.")));
        await File.WriteAllBytesAsync(file, new byte[1_024 * 1_024 + 1]);
        NetworkStartException? large = await Assert.ThrowsAsync<NetworkStartException>(() => group.StartAsync(options: network => network.PeersFile = file));
        Assert.That(large!.Message, Does.Contain("larger than 1 MiB"));
    }

    [Test]
    public async Task Ledger_WithoutUseNetwork_HasNone()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).StartAsync().Soon();
        Assert.That(ledger.Network, Is.Null);
    }

    [Test]
    public async Task Refusals_OfATransactionThatOnlyOneHasRoomFor_NameThePeerAndTheReason()
    {
        await using var group = new LedgerGroup();
        LedgerHost giver = await group.StartAsync();
        LedgerHost taker = await group.StartAsync(giver.Network!.Addresses, builder => builder.UsePool(new PoolOptions { MaxPerSender = 1 }));
        await taker.Network!.WaitUntilSynchronizedAsync().Soon();
        await using IAsyncEnumerator<NetworkRefusal> refusals = taker.Network.RefusalsAsync().GetAsyncEnumerator();
        Task<bool> refused = refusals.MoveNextAsync().AsTask();
        for (ulong amount = 1; amount <= 2; amount++) Assert.That((await giver.SubmitAsync(Transfer.Sign(group.Owner, to: s_friend, amount, giver.Context))).IsValid);

        Assert.That(await refused.Soon());
        NetworkRefusal refusal = refusals.Current;
        Assert.That((refusal.Node, refusal.Block, refusal.Reason), Is.EqualTo(((NodeId?)giver.Network.Id, (BlockId?)null, "SenderLimit")));
        Assert.That((refusal.Transaction is null, refusal.Endpoint), Is.EqualTo((false, giver.Network.Endpoints[0])));
        await taker.DisposeAsync();
        Assert.That(await refusals.MoveNextAsync(), Is.False, "it ends with the ledger");
    }

    [Test]
    public async Task AddPeer_OfATextThatNamesNoNode_Throws()
    {
        await using var group = new LedgerGroup();
        LedgerHost ledger = await group.StartAsync();
        Assert.That(() => ledger.Network!.AddPeerAsync("node.example"), Throws.TypeOf<FormatException>().With.Message.Contains("host:port"));
        await ledger.DisposeAsync();
        Assert.That(() => ledger.Network!.AddPeerAsync("node.example:1"), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Validators_FourInOneProcess_DecideBlocks()
    {
        PrivateKey[] keys = [.. Enumerable.Range(0, 4).Select(_ => PrivateKey.Generate(SystemEntropy.Instance))];
        var timing = new BftTiming { Pause = TimeSpan.FromMilliseconds(50) };
        var rule = new BftConsensus(ValidatorSet.Of([.. keys.Select(key => Profiles.Development.Signatures.AddressOf(key.PublicKey))]), timing);
        await using var group = new LedgerGroup(rule);
        var validators = new List<LedgerHost>();
        foreach (PrivateKey key in keys)
        {
            validators.Add(await group.StartAsync(
                validators.SelectMany(other => other.Network!.Addresses),
                builder => builder.Use(rule, profile => new BftProducer(rule, key, profile, SystemEntropy.Instance))));
        }

        LedgerHost follower = await group.StartAsync(validators[0].Network!.Addresses);
        await validators[3].SubmitAndConfirmAsync(Transfer.Sign(group.Owner, to: s_friend, amount: 5, validators[3].Context)).Soon();
        ulong height = validators[0].Tip.Header.Height;
        await Waiting.UntilAsync(() => validators.Append(follower).All(ledger => ledger.Tip.Header.Height >= height + 3 && ledger.Balance(s_friend) == 5));
        ulong common = height + 1;
        Assert.That(validators.Append(follower).Select(ledger => ledger.Chain.IdAt(common)).Distinct().Count(), Is.EqualTo(1));
        foreach (PrivateKey key in keys) key.Dispose();
    }

    private static async Task<LedgerEvent> FirstAsync(LedgerHost ledger) => (await ledger.ReadAsync(1))[0];
}
