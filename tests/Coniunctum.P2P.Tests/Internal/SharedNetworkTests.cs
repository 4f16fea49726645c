using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Internal;

public sealed class SharedNetworkTests
{
    private static readonly ChainProfile s_one = World.ProfileOf(StandardFormat.Instance);
    private static readonly ChainProfile s_other = s_one with { Genesis = s_one.Genesis with { Allocations = [new(World.Alice, 7)] } };

    private readonly ManualTime _time = new();
#pragma warning disable NUnit1032 // The network disposes its transport; StopAsync disposes the network, while its time goes on.
    private QueueTransport _transport = null!;
    private SharedNetwork _network = null!;
#pragma warning restore NUnit1032
    private StepLedger _ledger = null!;
    private StepLedger _beside = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _transport = new QueueTransport();
        _network = new SharedNetwork(new SharedNetworkSetup { Transport = _transport, NodeKey = TestKeys.Public(1), Entropy = SystemEntropy.Instance, Time = _time });
        (_ledger, _beside) = (new StepLedger(_network, s_one), new StepLedger(_network, s_other));
        foreach (StepLedger ledger in new[] { _ledger, _beside })
        {
            await ledger.Inputs.FirstAsync<PeerInput.LocatorRead>();
            ledger.TakeAll();
        }
    }

    [TearDown]
    public async Task StopAsync()
    {
        // A switch that waits for a ledger would otherwise never end.
        foreach (StepLedger ledger in new[] { _ledger, _beside }) ledger.Inputs.GiveRoom();
        Task stopped = _network.DisposeAsync().AsTask();
        while (!stopped.IsCompleted)
        {
            // Others that close nothing are not waited for.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopped, Task.Delay(1));
        }

        await stopped;
    }

    [Test]
    public async Task AnswerThatWaits_WhileTheLedgerIsOpenedAgain_IsNoFaultOfItsPeer()
    {
        OtherSide other = await OpenAsync(_ledger);
        PeerId before = (await _ledger.Inputs.FirstAsync<PeerInput.Connected>()).From;
        await AnnounceAsync(other, 1);
        await _ledger.Inputs.FirstAsync<PeerInput.Written>(written => written.From == before);

        // Transactions are the least urgent: a node that has much to do comes to the answer when the ledger is open again.
        _ledger.Inputs.HasNoRoom = input => input is PeerInput.TransactionsReceived;
        await other.SayAsync(1, new P2P.Wire.Messages.Transactions([null]));
        await _ledger.Inputs.UntilAsync(() => _ledger.Inputs.Waiting == 1);
        PeerId now = await OpenAgainAsync(other);
        _ledger.Inputs.GiveRoom();
        _ledger.TakeAll();
        Assert.That((now == before, LedgerPeerId.ConnectionOf(now)), Is.EqualTo((false, LedgerPeerId.ConnectionOf(before))));

        // Not Bye.
        await AnnounceAsync(other, 2);
        Assert.That(_ledger.Part.RemoteOf(now), Is.Not.Null);
    }

    [Test]
    public async Task WhatIsMeantForAnOpeningThatIsOver_IsNotSaidOnTheNext()
    {
        OtherSide other = await OpenAsync(_ledger);
        PeerId before = (await _ledger.Inputs.FirstAsync<PeerInput.Connected>()).From;
        PeerId now = await OpenAgainAsync(other);
        byte channel = LedgerPeerId.ChannelOf(before);
        _ledger.Part.Run(new PeerEffect.SendMessage(before, channel, new GetHeaders([_ledger.ChainId.Value], null), 64));
        _ledger.Part.Run(new PeerEffect.SendMessage(now, channel, new GetSides(3), 64));
        await other.SayAsync(0, new Ping(9));
        List<WireMessage> heard = await HearUpToAsync<Pong>(other);
        Assert.That(heard.OfType<GetHeaders>(), Is.Empty);
        Assert.That(heard.OfType<GetSides>(), Is.EqualTo(new[] { new GetSides(3) }));
    }

    [Test]
    public async Task ContentThatCannotBeRead_EndsTheConnection_WhicheverLedgerItIsOf()
    {
        OtherSide other = await OpenAsync(_ledger);
        await other.SayAsync(2, OpenOf(_beside));
        await HearUpToAsync<Open>(other);
        await other.SayAsync(2, new Submit(new byte[] { 0xc1 }));
        while (await other.HearAsync() is { } message)
        {
            if (message is not Bye bye) continue;
            Assert.That(bye.Reason, Is.EqualTo(ByeReason.ProtocolFault));
            Assert.That(bye.Text, Does.StartWith("Submit cannot be read"));
            return;
        }

        Assert.Fail("It says no Bye.");
    }

    [Test]
    public async Task FloodOfOneLedger_ThatTakesNothing_StopsNeitherTheSwitchNorTheOther()
    {
        OtherSide flooder = await OpenAsync(_ledger);
        _ledger.Inputs.HasNoRoom = static _ => true;
        Task flood = FloodAsync(flooder);
        await _ledger.Inputs.UntilAsync(() => _ledger.Inputs.Waiting > 0);

        // Also who comes for the ledger that takes nothing is answered, and then others for another one.
        (_, PipeConnection far) = _transport.Connect();
        var late = new OtherSide(far);
        await late.SayAsync(0, OtherSide.Hello with { Nonce = 8, NodeKey = TestKeys.Public(3) });
        await late.SayAsync(1, OpenOf(_ledger));
        await HearUpToAsync<Open>(late);
        OtherSide other = await OpenAsync(_beside, key: 4);
        await AnnounceAsync(other, 1, _beside);
        Assert.That(flood.IsCompleted, Is.False, "the flooder waits at its own side");
        _ledger.Inputs.GiveRoom();
    }

    [Test]
    public async Task TransportThatThrows_IsSaidByEachLedger_AndConnectionsAreTakenAgain()
    {
        OtherSide other = await OpenAsync(_ledger);
        _transport.Break("the cable is gone");
        while (await other.HearAsync() is not null)
        {
            // The connection ends.
        }

        await _ledger.Inputs.FirstAsync<PeerInput.Closed>();
        foreach (StepLedger ledger in new[] { _ledger, _beside })
        {
            ledger.TakeAll();
            PeerNetworkState state = ledger.Part.Read();
            Assert.That(state.InternalErrors, Is.EqualTo(1));
            Assert.That(state.LastInternalError, Does.Contain("the cable is gone"));
            Assert.That(state.Peers, Is.Empty);
        }

        Task<OtherSide> again = OpenAsync(_beside);
        while (!again.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(again, Task.Delay(1));
        }

        await AnnounceAsync(await again, 1, _beside);
    }

    private static Open OpenOf(StepLedger ledger) => new(ledger.ChainId.Value, 0, 0, 0, default, ledger.ChainId.Value, null);

    /// <summary>Says all the time which transactions there are, until no more is read.</summary>
    private static async Task FloodAsync(OtherSide flooder)
    {
        Have[] messages = [.. Enumerable.Range(0, 3_000).Select(i => new Have([.. Enumerable.Range(0, 100).Select(j => Sha3_256.Hash([(byte)i, (byte)(i >> 8), (byte)j]))]))];
        foreach (Have message in messages) await flooder.SayAsync(1, message);
    }

    /// <summary>Hears up to a message of a kind; no Bye, and no end, is among it.</summary>
    private static async Task<List<WireMessage>> HearUpToAsync<T>(OtherSide other)
        where T : WireMessage
    {
        var heard = new List<WireMessage>();
        do
        {
            WireMessage? message = await other.HearAsync();
            Assert.That(message, Is.Not.Null.And.Not.InstanceOf<Bye>());
            heard.Add(message!);
        }
        while (heard[^1] is not T);
        return heard;
    }

    /// <summary>A connection on which a ledger is open: the other side has opened it first.</summary>
    private async Task<OtherSide> OpenAsync(StepLedger ledger, byte key = 2)
    {
        (_, PipeConnection far) = _transport.Connect();
        var other = new OtherSide(far);
        int before = ledger.Inputs.All.OfType<PeerInput.Connected>().Count();
        await other.SayAsync(0, OtherSide.Hello with { Nonce = key, NodeKey = TestKeys.Public(key) });
        await other.SayAsync(1, OpenOf(ledger));
        await HearUpToAsync<Open>(other);
        await ledger.Inputs.UntilAsync(() => ledger.Inputs.All.OfType<PeerInput.Connected>().Count() > before);
        ledger.TakeAll();
        return other;
    }

    /// <summary>The other side shuts the ledger, and opens it again; returns the number of the opening.</summary>
    private async Task<PeerId> OpenAgainAsync(OtherSide other)
    {
        await other.SayAsync(0, new Shut(_ledger.ChainId.Value, ShutReason.Stopping, ""));
        await HearUpToAsync<Shut>(other);
        await other.SayAsync(1, OpenOf(_ledger));
        await HearUpToAsync<Open>(other);
        await _ledger.Inputs.UntilAsync(() => _ledger.Inputs.All.OfType<PeerInput.Connected>().Count() == 2);
        return _ledger.Inputs.All.OfType<PeerInput.Connected>().Last().From;
    }

    /// <summary>The other side says that it has a transaction, and is asked for it.</summary>
    private async Task AnnounceAsync(OtherSide other, byte number, StepLedger? ledger = null)
    {
        ledger ??= _ledger;
        int before = Announced();
        await other.SayAsync(1, new Have([Sha3_256.Hash([number])]));
        await ledger.Inputs.UntilAsync(() => Announced() > before);
        ledger.TakeAll();
        ledger.Pass();
        GetTransactions asked = (GetTransactions)(await HearUpToAsync<GetTransactions>(other))[^1];
        Assert.That(asked.Leaves, Is.EqualTo(new[] { Sha3_256.Hash([number]) }));

        int Announced() => ledger.Inputs.All.Count(input => input is PeerInput.Received { Message: Have });
    }
}
