using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Peers;

/// <summary>The machine by itself: whatever comes in whatever state has an outcome, also what no conversation would let through.</summary>
public sealed class PeerCoreTests : IEffectSink<IPeerEffect>
{
    private static readonly World s_world = new(StandardFormat.Instance);
    private static readonly PeerId s_peer = new(7);
    private static readonly PeerId s_other = new(8);
    private static readonly HashedBlock s_block = new Forge(s_world).Next(new Forge(s_world).Genesis);

    private readonly List<IPeerEffect> _effects = [];
    private PeerCore _core = null!;
    private TimeSpan _now;

    public enum State
    {
        Unknown,
        Connected,
        Greeted,
        Opened,
        AskingForHeaders,
        FetchingBodies,
        Shut,
        Closing,
        Gone,
    }

    [Test]
    public void Message_OfEachKind_InEachState_HasAnOutcome([Values] State state)
    {
        var decoder = new MessageDecoder(s_world.Profile, s_world.ChainId);
        int answered = 0, closed = 0, passedOver = 0;
        WireMessage[] messages = [.. MessageSamples.Types.SelectMany(type => Enumerable.Range(0, 5).Select(seed => MessageSamples.Draw(type, new Random(seed))))];
        foreach (WireMessage message in messages)
        {
            Reach(state);
            _effects.Clear();
            PeerInput input = decoder.Decode(s_peer, message, 100);
            Assert.That(() => Step(input), Throws.Nothing, $"{message.Kind} in {state}");
            if (_effects.OfType<PeerEffect.Close>().Any())
                closed++;
            else if (_effects.OfType<PeerEffect.SendMessage>().Any())
                answered++;
            else
                passedOver++;
            // It goes on: nothing that came makes it fail later.
            _now += TimeSpan.FromMinutes(1);
            Assert.That(() => Step(new NodeInput.TimerFired(default)), Throws.Nothing, $"after {message.Kind} in {state}");
        }

        Assert.That(answered + closed + passedOver, Is.EqualTo(messages.Length));
        if (state is State.Unknown or State.Closing or State.Gone) Assert.That(passedOver, Is.EqualTo(messages.Length), "nothing of one that is not connected counts");
    }

    [Test]
    public void Answer_ThatNoConversationLetsThrough_IsAFault()
    {
        foreach (PeerInput input in (PeerInput[])[new PeerInput.BlockReceived(s_peer, s_block), new PeerInput.TransactionsReceived(s_peer, [null], 10)])
        {
            Reach(State.Opened);
            Step(input);
            Assert.That(_effects.OfType<PeerEffect.Close>(), Has.Exactly(1).Items);
        }
    }

    [Test]
    public void Flood_OverAPeersBudget_IsReadNoMoreUntilItIsMadeUpFor()
    {
        Reach(State.Opened);
        var flood = new PeerInput.Received(s_peer, new Candidate(new byte[100], [.. Enumerable.Repeat(s_block.Id.Value, WireLimits.CandidateLeaves)]), 100);
        // 4 ms each, of 200 at once.
        int sent = 0;
        for (; sent < 200 && !_effects.OfType<PeerEffect.SetReading>().Any(); sent++) Step(flood);
        Assert.That(sent, Is.InRange(45, 55));
        Assert.That(_effects.OfType<PeerEffect.SetReading>().Single(), Is.EqualTo(new PeerEffect.SetReading(s_peer, false)));

        _now += TimeSpan.FromSeconds(1);
        Step(new NodeInput.TimerFired(default));
        Assert.That(_effects.OfType<PeerEffect.SetReading>().Last(), Is.EqualTo(new PeerEffect.SetReading(s_peer, true)));
        Step(new PeerInput.Received(s_peer, new Ping(1), 10));
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Last().Message, Is.EqualTo(new Pong(1)));
    }

    [Test]
    public void Answers_ThatWereAskedFor_CostTheirSenderNothing()
    {
        Reach(State.FetchingBodies);
        for (int i = 0; i < 20_000; i++) Step(new PeerInput.Received(s_peer, new Pong((ulong)i), 10));
        Assert.That(_effects.OfType<PeerEffect.SetReading>(), Is.Empty);
    }

    [Test]
    public void Message_OfThisNodesProducer_GoesToThePeersThatHaveTheLedger()
    {
        foreach (State state in (State[])[State.Greeted, State.Opened])
        {
            Reach(state);
            _effects.Clear();
            Step(new NodeEffect.Send("votes", new byte[] { 1, 2 }));
            Assert.That(_effects.OfType<PeerEffect.SendMessage>().Select(sent => sent.Message).OfType<Publish>().Count(), Is.EqualTo(state == State.Opened ? 1 : 0));
        }
    }

    [Test]
    public void Message_ForOnePeer_GoesToThatAlone_OrToAllWhereItIsGone()
    {
        Reach(State.Opened);
        Open(s_other, 0);
        foreach (PeerId to in (PeerId[])[s_other, new PeerId(99)])
        {
            _effects.Clear();
            Step(new NodeEffect.Send("votes", new byte[] { 1, 2 }, null, to));
            Assert.That(_effects.OfType<PeerEffect.SendMessage>().Select(sent => sent.To), Is.EquivalentTo(to == s_other ? new[] { s_other } : [s_peer, s_other]));
        }
    }

    [Test]
    public void Message_WithABlockBesideIt_ReachesTheProducerWithTheBlock_AndIsServedToOthers()
    {
        Reach(State.Opened);
        Step(new PeerInput.Received(s_peer, new Publish("proposals", new byte[] { 1 }, s_block.Id.Value), 100));
        Assert.That(_effects.OfType<NodeInput.MessageArrived>(), Is.Empty);
        Assert.That(((GetBlocks)_effects.OfType<PeerEffect.SendMessage>().Last().Message).Ids, Is.EqualTo(new[] { s_block.Id.Value }));
        Step(new PeerInput.BlockReceived(s_peer, s_block));
        NodeInput.MessageArrived arrived = _effects.OfType<NodeInput.MessageArrived>().Single();
        Assert.That((arrived.Topic, arrived.From, arrived.Block), Is.EqualTo(("proposals", s_peer, s_block)));

        Step(new PeerInput.Received(s_peer, new GetBlocks([s_block.Id.Value]), 100));
        Step(new PeerInput.BlocksRead(_effects.OfType<PeerEffect.ReadBlocks>().Last().Job, [null]));
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Last().Message, Is.EqualTo(new P2P.Wire.Messages.Block(s_block.Encoded)));
    }

    [Test]
    public void Block_ThatWasBesideAMessageAndIsDurableNow_IsServedAsItIsStored()
    {
        // The certificate comes when it is decided.
        HashedBlock stored = s_block.WithCertificate(new byte[] { 1, 2, 3 }, StandardFormat.Instance);
        Reach(State.Opened);
        Step(new NodeEffect.Send("proposals", new byte[] { 1 }, s_block));
        Step(new PeerInput.Received(s_peer, new GetBlocks([s_block.Id.Value]), 100));
        Step(new PeerInput.BlocksRead(_effects.OfType<PeerEffect.ReadBlocks>().Last().Job, [stored.Encoded]));
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Last().Message, Is.EqualTo(new P2P.Wire.Messages.Block(stored.Encoded)));
    }

    [Test]
    public void Block_WhoseBodyCameBesideAMessage_IsTakenWithTheCertificateThatIsAnnounced([Values] bool isAnother)
    {
        Reach(State.Opened);
        Step(new PeerInput.Received(s_peer, new Publish("proposals", new byte[] { 1 }, s_block.Id.Value), 100));
        Step(new PeerInput.BlockReceived(s_peer, s_block));
        _effects.Clear();
        PeerHead head = Head(s_block) with { Certificate = new byte[] { 7 } };
        if (isAnother) head = head with { View = head.View with { Seal = new byte[] { 9 } } };
        Step(new PeerInput.HeadsReceived(s_peer, MessageKind.Announce, [head], 100));
        Assert.That(_effects.OfType<NodeInput.BlockArrived>().Select(arrived => (arrived.From, Convert.ToHexString(arrived.Block.Block.Certificate!.Value.Span))), Is.EqualTo(isAnother ? [] : new[] { (s_peer, "07") }));
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Count(sent => sent.Message is GetBlocks), Is.EqualTo(isAnother ? 1 : 0));
    }

    [Test]
    public void Message_WithABodyThatIsNotItsIds_EndsTheConnectionOfWhoeverGaveIt_AndIsServedToNoOne()
    {
        Reach(State.Opened);
        Step(new PeerInput.Received(s_peer, new Publish("proposals", new byte[] { 1 }, s_block.Id.Value), 100));
        Step(new PeerInput.BlockReceived(s_peer, Altered(s_block)));
        Assert.That(_effects.OfType<PeerEffect.Close>(), Has.Exactly(1).Items);
        Assert.That(_effects.OfType<NodeInput.MessageArrived>(), Is.Empty);

        Open(s_other, 0);
        Step(new PeerInput.Received(s_other, new Publish("proposals", new byte[] { 1 }, s_block.Id.Value), 100));
        Assert.That(_effects.OfType<NodeInput.MessageArrived>(), Is.Empty, "it is asked for anew");
        Step(new PeerInput.BlockReceived(s_other, s_block));
        Assert.That(_effects.OfType<NodeInput.MessageArrived>().Single().Block, Is.SameAs(s_block));
    }

    [Test]
    public void Message_ThatIsIgnoredWithItsBlock_LeavesNoCopyOfThatBehind()
    {
        Reach(State.Opened);
        Step(new PeerInput.Received(s_peer, new Publish("proposals", new byte[] { 1 }, s_block.Id.Value), 100));
        Step(new PeerInput.BlockReceived(s_peer, s_block));
        Step(new NodeEffect.MessageJudged("proposals", null, s_peer, new byte[] { 1 }, s_block, MessageVerdict.Ignored, Blame.None));
        Step(new PeerInput.Received(s_peer, new GetBlocks([s_block.Id.Value]), 100));
        Assert.That(_effects.OfType<PeerEffect.ReadBlocks>().Single().Ids, Is.EqualTo(new[] { s_block.Id }), "what is durable is looked up");
    }

    [Test]
    public void Block_BesideAMessage_IsServedAsItIsDurable_OnceItIs()
    {
        // A validator that gave its proposal's copy, without the certificate, to those who asked for the decided block was cut off.
        Reach(State.Opened);
        Step(new PeerInput.Received(s_peer, new Publish("proposals", new byte[] { 1 }, s_block.Id.Value), 100));
        Step(new PeerInput.BlockReceived(s_peer, s_block));
        Step(new NodeEffect.TipMoved([], [s_block], s_block, RuleState.None, 0, null));
        Step(new PeerInput.Received(s_peer, new GetBlocks([s_block.Id.Value]), 100));
        Assert.That(_effects.OfType<PeerEffect.ReadBlocks>().Single().Ids, Is.EqualTo(new[] { s_block.Id }));
    }

    [Test]
    public void Block_ThatTheChainLacks_IsAskedForOfWhoeverConnectsLater()
    {
        Reach(State.Unknown);
        Step(new NodeEffect.FetchBlock(s_block.Id, null, default));
        Open(s_other, 0);
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Select(sent => sent.Message).OfType<GetBlocks>().Single().Ids, Is.EqualTo(new[] { s_block.Id.Value }));
    }

    [Test]
    public void Block_ThatIsInvalidBesideTheBranch_CostsTheSourceNothing()
    {
        Reach(State.FetchingBodies);
        HashedBlock beside = new Forge(s_world).Next(new Forge(s_world).Genesis, miner: World.Owner(8));
        Step(new NodeEffect.BlockSettled(beside, s_other, Verdict.Invalid(BlockRule.SealInvalid, "one", "another"), Blame.Copy));
        Step(new NodeEffect.BlockSettled(beside, s_other, Verdict.Invalid(BlockRule.SealInvalid, "one", "another"), Blame.Identity));
        Assert.That(_core.Status.IsSynchronising, Is.True);
    }

    [Test]
    public void Headers_ThatTakeLong_AreNoStallOfBodies_AndMakeNothingFail()
    {
        List<HashedBlock> chain = new Forge(s_world).Chain(GenesisOf(), 6);
        Reach(State.AskingForHeaders, Work.From(5));
        Open(s_other, 1_000);
        for (int i = 0; i < chain.Count; i++)
        {
            _now += TimeSpan.FromSeconds(4.9);
            // As much as may be the whole of it never is.
            Step(new PeerInput.HeadsReceived(s_peer, MessageKind.Headers, [Head(chain[i])], 2 << 20));
            if (i == 0) Step(new PeerInput.HeadsRead(LastJob(), [Genesis(Work.Zero)]));
        }

        Assert.That(_core.Status.IsSynchronising, Is.True);
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Where(sent => sent.To == s_peer).Select(sent => sent.Message).OfType<GetBlocks>(), Is.Not.Empty);
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Where(sent => sent.To == s_other).Select(sent => sent.Message).OfType<GetHeaders>(), Is.Empty, "it was not its turn");
    }

    [Test]
    public void Questions_ThatAreAnsweredWithNothing_CostTheirSender()
    {
        Reach(State.Opened);
        for (int i = 0; i < 50_000; i++) Step(new PeerInput.Received(s_peer, new GetManifest((ulong)i), 10));
        Assert.That(_effects.OfType<PeerEffect.SetReading>().Select(effect => effect.IsReading), Is.EqualTo(new[] { false }));
    }

    [Test]
    public void Message_LargerThanOneMayBe_IsSentToNoOne()
    {
        Reach(State.Opened);
        _effects.Clear();
        Step(new NodeEffect.Send("votes", new byte[WireLimits.ContentBytes + 1]));
        Assert.That(_effects.OfType<PeerEffect.SendMessage>(), Is.Empty);
    }

    [Test]
    public void Message_ThatIsRejected_EndsItsSendersConnection()
    {
        Reach(State.Opened);
        Step(new NodeEffect.MessageJudged("votes", null, s_peer, default, null, MessageVerdict.Rejected, Blame.Copy));
        Assert.That(_effects.OfType<PeerEffect.Close>(), Has.Exactly(1).Items);
    }

    void IEffectSink<IPeerEffect>.Emit(IPeerEffect effect) => _effects.Add(effect);

    private static PeerHead Head(HashedBlock block) => new(HeaderView.Of(block), null);

    private void Step(IPeerInput input)
    {
        _core.Step(input, new NodeTime(new Timestamp(2_000_000), new SteadyTime(_now)), this);
    }

    private void Reach(State state, Work ownWeight = default)
    {
        _effects.Clear();
        _now = default;
        _core = new PeerCore(s_world.Profile, new PeerOptions { NodeKey = TestKeys.Public(1), Entropy = new Counter() }, new SimpleAddressBook(new Counter()));
        Step(new NodeInput.Started(s_world.ChainId, static _ => null));
        DurableHead genesis = Genesis(ownWeight);
        Step(new PeerInput.LocatorRead(LastJob(), genesis, [genesis.Id]));
        if (state == State.Unknown) return;
        Step(new PeerInput.Connected(s_peer, null, PeerWorld.EndpointOf(1), PeerWorld.EndpointOf(1)));
        if (state == State.Gone) Step(new PeerInput.Closed(s_peer, "it broke"));
        if (state == State.Closing) Step(new PeerInput.Faulted(s_peer, "bad bytes"));
        if (state is State.Connected or State.Gone or State.Closing) return;
        Step(new PeerInput.Received(s_peer, new Hello(WireVersion.Major, WireVersion.Minor, 1, TestKeys.Public(2), [], NodeRoles.Full), 100));
        if (state == State.Greeted) return;
        ulong weight = state == State.Opened ? 0UL : 1_000;
        Step(new PeerInput.Received(s_peer, new Open(s_world.ChainId.Value, 0, 0, 1, Work.From(weight).ToBytes(), s_block.Id.Value, null), 100));
        if (state == State.Shut) Step(new PeerInput.Received(s_peer, new Shut(s_world.ChainId.Value, ShutReason.Stopping, ""), 100));
        if (state is State.Opened or State.Shut) return;
        Step(new PeerInput.LocatorRead(LastJob(), genesis, [genesis.Id]));
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Last().Message, Is.InstanceOf<GetHeaders>());
        if (state == State.AskingForHeaders) return;
        Step(new PeerInput.HeadsReceived(s_peer, MessageKind.Headers, [Head(s_block)], 100));
        Step(new PeerInput.HeadsRead(LastJob(), [genesis]));
        Assert.That(_effects.OfType<PeerEffect.SendMessage>().Last().Message, Is.InstanceOf<GetBlocks>());
    }

    private JobId LastJob() => _effects.Select(effect => effect switch
    {
        PeerEffect.ReadLocator read => read.Job,
        PeerEffect.ReadHeads read => read.Job,
        _ => (JobId?)null,
    }).Last(job => job is not null)!.Value;

    private static DurableHead Genesis(Work weight) => new(HeaderView.Of(GenesisOf()), Blocks.HeadOf(GenesisOf()), default, weight);

    /// <summary>The header of a block with transactions of another.</summary>
    private static HashedBlock Altered(HashedBlock block)
    {
        HashedBlock other = new Forge(s_world).Next(new Forge(s_world).Genesis, miner: World.Owner(9));
        return HashedBlock.Create(new Ledger.Block { Header = block.Header, Transactions = other.Block.Transactions, Seal = default }, StandardFormat.Instance, s_world.ChainId);
    }

    private void Open(PeerId peer, ulong weight)
    {
        Step(new PeerInput.Connected(peer, null, PeerWorld.EndpointOf(3), null));
        Step(new PeerInput.Received(peer, new Hello(WireVersion.Major, WireVersion.Minor, 3, TestKeys.Public(3), [], NodeRoles.Full), 100));
        Step(new PeerInput.Received(peer, new Open(s_world.ChainId.Value, 0, 0, 1, Work.From(weight).ToBytes(), s_block.Id.Value, null), 100));
    }

    private static HashedBlock GenesisOf() => new Forge(s_world).Genesis;

    private sealed class Counter : Crypto.IEntropySource
    {
        private byte _next;

        public void Fill(Span<byte> buffer)
        {
            for (int i = 0; i < buffer.Length; i++) buffer[i] = ++_next;
        }
    }
}
