using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Peers.Shell;

public sealed class PeerShellTests
{
    private static readonly ChainProfile s_profile = World.ProfileOf(StandardFormat.Instance);
    private static readonly HashedBlock s_genesis = GenesisBlock.Create(s_profile).Block;
    private static readonly NodeEndpoint s_endpoint = NodeEndpoint.Parse("192.0.2.7:7770");
    private static readonly TimeSpan s_net = TimeSpan.FromMinutes(2);

    private readonly ManualTime _time = new();
    private RecordedInputs _inputs = null!;
#pragma warning disable NUnit1032 // The shell disposes its transport; StopAsync disposes the shell, while its time goes on.
    private QueueTransport _transport = null!;
    private PeerShell _shell = null!;
#pragma warning restore NUnit1032

    [SetUp]
    public void Start()
    {
        _transport = new QueueTransport();
        _inputs = new RecordedInputs();
        _shell = new PeerShell(_transport, new MessageDecoder(s_profile, s_genesis.Id), new StoreAnswers(s_profile, new MemoryChainStore()), TaskScheduler.Default, _inputs, _time);
        _shell.Start();
    }

    [TearDown]
    public async Task StopAsync()
    {
        Task stopped = _shell.DisposeAsync().AsTask();
        while (!stopped.IsCompleted)
        {
            // Others that close nothing are not waited for.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopped, Task.Delay(1));
        }

        await stopped;
    }

    [Test]
    public async Task Accept_NumbersConnections_FromOneOn_AndReportsThemFirst()
    {
        (_, PipeConnection first) = _transport.Connect();
        await new OtherSide(first).SayAsync(0, OtherSide.Hello);
        Assert.That((await _inputs.FirstAsync<PeerInput.Received>()).Message, Is.EqualTo(OtherSide.Hello).Using<WireMessage>((one, other) => MessageSamples.Describe(one) == MessageSamples.Describe(other)));
        _transport.Connect();
        await _inputs.UntilAsync(() => _inputs.All.OfType<PeerInput.Connected>().Count() == 2);
        Assert.That(_inputs.All.OfType<PeerInput.Connected>().Select(connected => (connected.From, connected.Dialled)), Is.EqualTo(new[] { (new PeerId(1), (NodeEndpoint?)null), (new PeerId(2), null) }));
        Assert.That(_inputs.All[0], Is.TypeOf<PeerInput.Connected>());
    }

    [Test]
    public async Task Dial_ThatFails_IsReported_WithWhatIsInTheWay()
    {
        _shell.Run(new PeerEffect.Dial(s_endpoint, null));
        PeerInput.DialFailed failed = await _inputs.FirstAsync<PeerInput.DialFailed>();
        Assert.That((failed.Endpoint, failed.Fault), Is.EqualTo((s_endpoint, TransportFault.Refused)));
        Assert.That(_shell.Failures, Is.EqualTo(new[] { (s_endpoint, failed.Text) }));
    }

    [Test]
    public async Task Dial_ThatOnlyLooks_IsNoFailureToShow_HoweverItEnds()
    {
        _shell.Run(new PeerEffect.Dial(s_endpoint, null, IsNoted: false));
        await _inputs.FirstAsync<PeerInput.DialFailed>();
        (PipeConnection own, PipeConnection other) = PipeConnection.Pair();
        _transport.Outcomes[s_endpoint] = () => DialOutcome.Connected(own);
        _shell.Run(new PeerEffect.Dial(s_endpoint, null, IsNoted: false));
        await _inputs.FirstAsync<PeerInput.Connected>();
        await other.DisposeAsync();
        await _inputs.FirstAsync<PeerInput.Closed>();
        await own.Disposed.WaitAsync(s_net);
        await StopAsync();
        Assert.That(_shell.Failures, Is.Empty);
    }

    [Test]
    public async Task Dial_ThatThrows_HasFailed_AndNothingElseHas()
    {
        _transport.Outcomes[s_endpoint] = () => throw new InvalidOperationException("no such luck");
        _shell.Run(new PeerEffect.Dial(s_endpoint, null));
        Assert.That((await _inputs.FirstAsync<PeerInput.DialFailed>()).Text, Does.Contain("no such luck"));
        Assert.That(_inputs.All.OfType<NodeInput.Failed>(), Is.Empty);
    }

    [Test]
    public async Task Dial_ThatSucceeds_IsAConnection_WhoseEndIsNoted()
    {
        (PipeConnection own, PipeConnection other) = PipeConnection.Pair();
        _transport.Outcomes[s_endpoint] = () => DialOutcome.Connected(own);
        _shell.Run(new PeerEffect.Dial(s_endpoint, null));
        Assert.That((await _inputs.FirstAsync<PeerInput.Connected>()).Dialled, Is.EqualTo(s_endpoint));
        await other.DisposeAsync();
        PeerInput.Closed closed = await _inputs.FirstAsync<PeerInput.Closed>();
        await _inputs.UntilAsync(() => true);
        await own.Disposed.WaitAsync(s_net);
        Assert.That(closed.Text, Does.Contain("the other side has closed"));
    }

    [Test]
    public async Task Read_WhatTheConversationDoesNotTake_IsAFault_AndIsNotHandedOver()
    {
        (PeerId id, OtherSide other) = await OpenAsync();
        // Each of them may come as far as its header says: together they ask for more than may be outstanding.
        GetBlocks ten = new([.. Enumerable.Range(0, 10).Select(i => new Hash256([.. Enumerable.Repeat((byte)i, 32)]))]);
        await other.SayAsync(1, ten, ten);
        PeerInput.Faulted fault = await _inputs.FirstAsync<PeerInput.Faulted>();
        Assert.That((fault.From, fault.Text), Is.EqualTo((id, "GetBlocks may not come: TooMuchAsked")));
        Assert.That(_inputs.All.OfType<PeerInput.Received>().Count(received => received.Message is GetBlocks), Is.EqualTo(1));
    }

    [Test]
    public async Task Read_WhatMayNotBeginNow_IsAFault()
    {
        (_, PipeConnection far) = _transport.Connect();
        await new OtherSide(far).SayAsync(0, new Ping(1));
        Assert.That((await _inputs.FirstAsync<PeerInput.Faulted>()).Text, Is.EqualTo("a message that may not come: BeforeHello"));
        Assert.That(_inputs.All.OfType<PeerInput.Received>(), Is.Empty);
    }

    [Test]
    public async Task Read_ContentThatCannotBeRead_IsAFault_BehindWhatCameBefore()
    {
        (_, OtherSide other) = await OpenAsync();
        await other.SayAsync(0, new Ping(3));
        await other.SayAsync(1, new Submit(new byte[] { 0xc1 }));
        PeerInput.Faulted fault = await _inputs.FirstAsync<PeerInput.Faulted>();
        Assert.That(fault.Text, Does.StartWith("Submit cannot be read"));
        Assert.That(_inputs.All[^1], Is.SameAs(fault));
        Assert.That(_inputs.All.OfType<PeerInput.Received>().Last().Message, Is.EqualTo(new Ping(3)));
    }

    [Test]
    public async Task Closed_ComesBehindEverythingElse_AlsoWhereThereWasNoRoom()
    {
        (PeerId id, OtherSide other, PipeConnection own, PipeConnection far) = await ConnectAsync();
        _inputs.HasNoRoom = input => input is PeerInput.Received;
        await other.SayAsync(0, new Ping(5));
        await _inputs.UntilAsync(() => _inputs.Waiting == 1);
        await far.DisposeAsync();
        await own.Disposed.WaitAsync(s_net);
        Assert.That(_inputs.All.OfType<PeerInput.Closed>(), Is.Empty, "a message of it is still on its way");

        _inputs.GiveRoom();
        PeerInput.Closed closed = await _inputs.FirstAsync<PeerInput.Closed>();
        Assert.That(closed.From, Is.EqualTo(id));
        Assert.That(_inputs.All.TakeLast(2).Select(input => input.GetType()), Is.EqualTo(new[] { typeof(PeerInput.Received), typeof(PeerInput.Closed) }));
    }

    [Test]
    public async Task Send_IsAnsweredFor_AlsoWhatTheConversationLeavesOut()
    {
        (PeerId id, OtherSide other) = await OpenAsync();
        _shell.Run(new PeerEffect.SendMessage(id, 1, new Headers([]), 100));
        _shell.Run(new PeerEffect.SendMessage(id, 0, new Ping(1), 30));
        _shell.Run(new PeerEffect.SendMessage(id, 0, new Ping(2), 4));
        Assert.That(await other.HearAsync(), Is.EqualTo(new Ping(1)));
        await _inputs.UntilAsync(() => Written().Bytes == 134 + OpeningBytes);
        Assert.That(Written().Messages, Is.EqualTo(3 + OpeningMessages));
    }

    [Test]
    public async Task Close_SendsWhatWaits_AndEndsWhenTheOtherSideHasHeardBye()
    {
        (PeerId id, OtherSide other, PipeConnection own, PipeConnection far) = await ConnectAsync();
        byte[] large = new byte[60_000];
        _shell.Run(new PeerEffect.SendMessage(id, 1, new Publish("votes", large, null), large.Length));
        _shell.Run(new PeerEffect.SendMessage(id, 0, new Bye(ByeReason.NoRoom, "full"), 10));
        _shell.Run(new PeerEffect.Close(id, "as many connections as this node takes"));
        Assert.That(await other.HearAsync(), Is.TypeOf<Publish>());
        Assert.That(await other.HearAsync(), Is.EqualTo(new Bye(ByeReason.NoRoom, "full")));
        Assert.That(own.Disposed.IsCompleted, Is.False, "who is said Bye may read it first");
        Assert.That(_shell.RemoteOf(id), Is.EqualTo((own.RemoteId, own.RemoteEndpoint)), "what it sent can still be said to be its own");

        await far.DisposeAsync();
        PeerInput.Closed closed = await _inputs.FirstAsync<PeerInput.Closed>();
        Assert.That((closed.Text, own.IsAborted), Is.EqualTo(("as many connections as this node takes", false)));
    }

    [Test]
    public async Task Close_OfOneWhoReadsNothing_IsBrokenOffInTime()
    {
        (PeerId id, _, PipeConnection own, _) = await ConnectAsync();
        _shell.Run(new PeerEffect.SendMessage(id, 0, new Bye(ByeReason.Timeout, "silent"), 10));
        _shell.Run(new PeerEffect.Close(id, "silent"));
        _time.Advance(PeerConnection.CloseTime);
        await _inputs.FirstAsync<PeerInput.Closed>();
        Assert.That(own.IsAborted);
    }

    [Test]
    public async Task Close_BehindABye_WaitsForNoOne()
    {
        (PeerId id, OtherSide other, PipeConnection own, _) = await ConnectAsync();
        await other.SayAsync(0, new Bye(ByeReason.Stopping, "bye"));
        await _inputs.FirstAsync<PeerInput.Received>(received => received.Message is Bye);
        _shell.Run(new PeerEffect.Close(id, "the other side stops"));
        await _inputs.FirstAsync<PeerInput.Closed>();
        Assert.That(own.IsAborted, Is.False);
    }

    [Test]
    public async Task SetReading_LetsWhatIsSentWait_UntilItGoesOn()
    {
        (PeerId id, OtherSide other) = await OpenAsync();
        _shell.Run(new PeerEffect.SetReading(id, false));
        // What is being waited for already may still come.
        await other.SayAsync(0, new Ping(1));
        await other.SayAsync(1, new GetHeaders([new Hash256(new byte[32])], null));
        _shell.Run(new PeerEffect.SetReading(id, true));
        await _inputs.FirstAsync<PeerInput.Received>(received => received.Message is GetHeaders);
    }

    [Test]
    public async Task Connection_WhoseOtherSideBreaks_EndsAlone()
    {
        (PeerId broken, _, PipeConnection own, _) = await ConnectAsync();
        (_, PipeConnection far) = _transport.Connect();
        own.Abort();
        Assert.That((await _inputs.FirstAsync<PeerInput.Closed>()).From, Is.EqualTo(broken));
        await new OtherSide(far).SayAsync(0, OtherSide.Hello);
        await _inputs.FirstAsync<PeerInput.Received>(received => received.From != broken);
        Assert.That(_inputs.All.OfType<PeerInput.Closed>().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Store_ThatCannotBeRead_StopsTheLedger_WithItsReason()
    {
        // The store of this test holds no block, which no running ledger's does.
        _shell.Run(new PeerEffect.ReadLocator(new JobId(1)));
        Assert.That((await _inputs.FirstAsync<NodeInput.Failed>()).Reason, Is.EqualTo(new HaltReason(HaltCode.StoreFailed, "The store holds no block.")));
    }

    [Test]
    public async Task Dispose_SaysByeToAll_AndLeavesNothingOpen()
    {
        (_, OtherSide other, PipeConnection own, PipeConnection far) = await ConnectAsync();
        (PipeConnection silent, _) = _transport.Connect();
        await _inputs.UntilAsync(() => _inputs.All.OfType<PeerInput.Connected>().Count() == 2);
        Task stopped = _shell.DisposeAsync().AsTask();
        Assert.That(await other.HearAsync(), Is.EqualTo(new Bye(ByeReason.Stopping, "this node stops")));
        await far.DisposeAsync();
        await own.Disposed.WaitAsync(s_net);
        Assert.That(stopped.IsCompleted, Is.False, "one has not closed");

        _time.Advance(TimeSpan.FromSeconds(1));
        await stopped.WaitAsync(s_net);
        Assert.That(silent.Disposed.IsCompleted);
        Assert.That((_transport.IsDisposed, _time.Timers), Is.EqualTo((true, 0)));
        Assert.That(_inputs.All.OfType<PeerInput.Closed>().Count(), Is.EqualTo(2));
    }

    private const int OpeningMessages = 2;
    private const int OpeningBytes = 14;

    private (int Messages, long Bytes) Written()
    {
        PeerInput.Written[] all = [.. _inputs.All.OfType<PeerInput.Written>()];
        return (all.Sum(written => written.Messages), all.Sum(written => written.Bytes));
    }

    private async Task<(PeerId Id, OtherSide Other)> OpenAsync()
    {
        (PeerId id, OtherSide other, _, _) = await ConnectAsync();
        return (id, other);
    }

    /// <summary>A connection on which both sides have said Hello and opened the ledger.</summary>
    private async Task<(PeerId Id, OtherSide Other, PipeConnection Own, PipeConnection Far)> ConnectAsync()
    {
        (PipeConnection own, PipeConnection far) = _transport.Connect();
        var other = new OtherSide(far);
        PeerId id = (await _inputs.FirstAsync<PeerInput.Connected>()).From;
        var open = new Open(s_genesis.Id.Value, 0, 0, 0, default, s_genesis.Id.Value, null);
        _shell.Run(new PeerEffect.SendMessage(id, 0, OtherSide.Hello, 4));
        _shell.Run(new PeerEffect.SendMessage(id, 1, open, 10));
        await other.SayAsync(0, OtherSide.Hello);
        await other.SayAsync(1, open);
        Assert.That(await other.HearAsync(), Is.TypeOf<Hello>());
        Assert.That(await other.HearAsync(), Is.TypeOf<Open>());
        await _inputs.FirstAsync<PeerInput.Received>(received => received.Message is Open);
        return (id, other, own, far);
    }
}
