using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Authority.Tests;

/// <summary>One signer's machine, told of tips at will.</summary>
public sealed class ProofOfAuthorityProducerTests : IEffectSink<IProducerEffect>
{
    private static readonly ISignatureScheme s_scheme = new Secp256k1Scheme<Sha3_256>();
    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(5);
    private static readonly Timestamp s_tipTime = new(1_000_000);

    // Ten seconds, written out once more: after how long the wall clock is looked at again.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(10);

    private readonly List<IProducerEffect> _effects = [];
    private PrivateKey _key = null!;
    private Address _self;
    private Address[] _signers = null!;
    private ProofOfAuthorityProducer _producer = null!;

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        PrivateKey.Read(Sha3_256.Hash("signer"u8).AsSpan(), out PrivateKey? key);
        _key = key!;
        _self = s_scheme.AddressOf(_key.PublicKey);
        _signers = [.. new[] { _self, World.Owner(1), World.Owner(0xfe) }.Order()];
        _producer = Build();
    }

    [TearDown]
    public void Dispose() => _key.Dispose();

    [Test]
    public void InTurn_SealsAtTheSlot()
    {
        Report(HeightInTurn, s_tipTime.Plus(TimeSpan.FromSeconds(1)));
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(s_tipTime.Plus(s_spacing)).Steady));
        Fire(s_tipTime.Plus(s_spacing));
        Assert.That(Take<ProducerEffect.Prepare>().Receiver, Is.EqualTo(_self));
    }

    [Test]
    public void InTurn_WhenTheSlotHasPassed_SealsAtOnce()
    {
        Timestamp late = s_tipTime.Plus(TimeSpan.FromMinutes(1));
        Report(HeightInTurn, late);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(late).Steady));
    }

    [Test]
    public void OutOfTurn_WaitsLonger_ByWhatItWasGiven()
    {
        var delays = new HashSet<double>();
        for (ulong i = 0; i < 40; i++)
        {
            Report(HeightInTurn + 1 + (3 * i), s_tipTime);
            double delay = Take<NodeEffect.SetTimer>().At.Elapsed.TotalMilliseconds - s_tipTime.Plus(s_spacing).UnixMilliseconds;
            Assert.That(delay, Is.InRange(500, 1_000), "1 to 2 times half a second, of three signers");
            delays.Add(delay);
            Report(HeightInTurn + 1 + (3 * i), s_tipTime);
            Assert.That(Take<NodeEffect.SetTimer>().At.Elapsed.TotalMilliseconds, Is.EqualTo(s_tipTime.Plus(s_spacing).UnixMilliseconds + delay));
        }

        Assert.That(delays, Has.Count.EqualTo(2));
    }

    [Test]
    public void Step_ByNoSigner_OrOneThatSealedLately_DoesNothing()
    {
        Step(TipAt(5, new SignerState([World.Owner(1), World.Owner(2)])), s_tipTime);
        var state = new SignerState([.. _signers]);
        Step(TipAt(5, state.After(5, new Ballot(state.IndexOf(_self), AuthorityVote.None), default, false)), s_tipTime);
        Fire(s_tipTime.Plus(TimeSpan.FromHours(1)));
        Assert.That(_effects, Is.Empty);
    }

    [Test]
    public void Step_ThatWaitsForTransactions_RestsWithoutThem()
    {
        _producer = Build(new AuthorityOptions { WaitsForTransactions = true });
        Report(HeightInTurn, s_tipTime);
        Take<NodeEffect.SetTimer>();
        Fire(s_tipTime.Plus(s_spacing));
        Assert.That(_effects, Is.Empty);
        Step(new ProducerInput.PoolFilled(), s_tipTime.Plus(TimeSpan.FromMinutes(1)));
        Take<ProducerEffect.Prepare>();
        Step(new ProducerInput.PoolFilled(), s_tipTime.Plus(TimeSpan.FromMinutes(1)));
        Assert.That(_effects, Is.Empty);
    }

    [Test]
    public void Seal_CarriesTheVoteThatIsWanted_UntilItIsCast()
    {
        _producer.Propose(World.Owner(0x77), isSigner: true);
        _producer.Propose(World.Owner(1), isSigner: true);
        var state = new SignerState([.. _signers]);
        HashedBlock first = SealOn(TipAt(HeightInTurn - 1, state));
        Assert.That(first.Header.Target, Is.EqualTo(World.Owner(0x77).Value), "the other one is a signer already");
        Assert.That(first.Header.Nonce, Is.EqualTo((1UL << 16) | (uint)state.IndexOf(_self)));
        Assert.That(s_scheme.Recover(first.Id.Value, first.Block.Seal.Span, out Address sealer), Is.EqualTo(SignatureOutcome.Valid));
        Assert.That(sealer, Is.EqualTo(_self));

        state = state.After(HeightInTurn, new Ballot(state.IndexOf(_self), AuthorityVote.Add), World.Owner(0x77), false);
        Assert.That(SealOn(TipAt(HeightInTurn + 5, state)).Header.Target, Is.EqualTo(Hash256.Zero));
        _producer.Propose(World.Owner(1), isSigner: false);
        Assert.That(SealOn(TipAt(HeightInTurn + 5, state)).Header.Nonce >> 16, Is.EqualTo(2));
        _producer.Withdraw(World.Owner(1));
        Assert.That(SealOn(TipAt(HeightInTurn + 5, state)).Header.Nonce >> 16, Is.Zero);
        Assert.That(() => _producer.Propose(Address.Root, true), Throws.ArgumentException);
    }

    [Test]
    public void Seal_OfOneThatHasChangedItsMind_TakesItsVoteBack()
    {
        Address x = World.Owner(0x77);
        var state = new SignerState([.. _signers.Append(World.Owner(0x50)).Order()]);
        int self = state.IndexOf(_self);
        state = state.After(296, new Ballot(self, AuthorityVote.Add), x, false);
        _producer.Propose(World.Owner(0x60), isSigner: true);
        _producer.Propose(x, isSigner: false);
        HashedBlock block = SealOn(TipAt(303, state));
        Assert.That((block.Header.Target, block.Header.Nonce >> 16), Is.EqualTo((x.Value, 2UL)), "before other votes");
        state = state.After(304, Ballot.Of(block.Header), x, false);
        for (ulong height = 305; height < 308; height++)
            state = state.After(height, new Ballot((self + (int)(height - 304)) % 4, AuthorityVote.Add), x, false);
        Assert.That(state.Signers, Has.Member(x), "by the three others");
        _producer.Withdraw(World.Owner(0x60));
        Assert.That(SealOn(TipAt(311, state)).Header.Target, Is.EqualTo(x.Value), "Now the same wish drops it.");
    }

    [Test]
    public void Seal_ByTheLastSigner_DoesNotDropIt_AndStatusSaysSo()
    {
        _producer.Propose(_self, isSigner: false);
        HashedBlock block = SealOn(TipAt(9, new SignerState([_self])));
        Assert.That(block.Header.Nonce >> 16, Is.Zero);
        Report(new SignerState([_self]), 11, s_tipTime);
        Assert.That(_producer.Status.Reason, Does.EndWith($"no vote to drop {_self} is cast: it is the last signer"));
        _producer.Propose(_self, isSigner: true);
        Report(new SignerState([_self]), 11, s_tipTime);
        Assert.That(_producer.Status.Reason, Does.Not.Contain("no vote to drop"), "it is asked for, not against");
    }

    [Test]
    public void Status_SaysWhoMustSealWhereThisSignerMayNot()
    {
        Address other = World.Owner(1);
        Address[] two = [.. new[] { _self, other }.Order()];
        var state = new SignerState([.. two]);
        state = state.After(5, new Ballot(state.IndexOf(_self), AuthorityVote.None), default, false);
        Report(state, 6, s_tipTime);
        Assert.That(_producer.Status.State, Is.EqualTo(ProductionState.WaitsForOthers));
        Assert.That(_producer.Status.Awaited, Is.EqualTo(new[] { other }));
        Assert.That(_producer.Status.Reason, Is.EqualTo(
            $"block 6 must be sealed by {other}, from 1970-01-01T00:16:45Z on: this signer sealed block 5, and may seal again from block 7 on"));
        Report(new SignerState([other]), 6, s_tipTime);
        Assert.That(_producer.Status.State, Is.EqualTo(ProductionState.NotEntitled));
        Report(HeightInTurn, s_tipTime);
        Assert.That((_producer.Status.State, _producer.Status.Until), Is.EqualTo((ProductionState.WaitsForTime, (Timestamp?)s_tipTime.Plus(s_spacing))));
        Fire(s_tipTime.Plus(s_spacing));
        Assert.That(_producer.Status, Is.EqualTo(ProductionStatus.Making));

        _producer.Propose(World.Owner(0x77), isSigner: true);
        Report(HeightInTurn, s_tipTime);
        Assert.That(_producer.Status.Reason, Does.EndWith(", in turn"));
        Report(HeightInTurn + 1, s_tipTime);
        Assert.That(_producer.Status.Reason, Does.EndWith(", out of turn"));
    }

    [Test]
    public void Restart_FirstListensForWhatTheKeyHasSealed()
    {
        Timestamp now = s_tipTime.Plus(TimeSpan.FromMinutes(1));
        Step(new NodeInput.Started(default, _ => null), now);
        Report(HeightInTurn, now);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(now.Plus(TimeSpan.FromSeconds(1))).Steady), "two wiggles");
        Assert.That(_producer.Status.Reason, Does.Contain("listening"));
    }

    [Test]
    public void Restart_FromAnOldFile_SealsNoSecondBlockOnWhatItHearsThatItHasSealed()
    {
        Timestamp now = s_tipTime.Plus(TimeSpan.FromMinutes(1));
        var state = new SignerState([.. _signers]);
        ProducerInput.TipChanged parent = TipAt(HeightInTurn - 1, state);
        Step(parent, now);
        Fire(now);
        _effects.Clear();
        Step(new ProducerInput.Prepared(Candidate(HeightInTurn, parent.Tip.Id)), now);
        NodeEffect.StartJob job = Take<NodeEffect.StartJob>();

        // Meanwhile comes the block that an earlier life has sealed on the same parent.
        SignerState after = state.After(HeightInTurn, new Ballot(state.IndexOf(_self), AuthorityVote.None), default, false);
        ProducerInput.TipChanged own = TipAt(HeightInTurn, after);
        own = own with { Tip = new HeaderView(own.Tip.Header with { Previous = parent.Tip.Id }, own.Tip.Id, default) };
        Step(own, now);
        Step(new NodeInput.JobDone(job.Id, job.Work.Run(default)), now);
        Assert.That(_effects.OfType<ProducerEffect.Adopt>(), Is.Empty);

        // It listens again before it seals the next one that it may.
        ProducerInput.TipChanged next = TipAt(HeightInTurn + 2, state);
        Step(next, now);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(now.Plus(TimeSpan.FromSeconds(1))).Steady));
    }

    [Test]
    public void Clock_SetRightWhileATurnIsWaitedFor_NeitherDelaysIt_NorBringsItForward([Values(-10, 10)] int years)
    {
        var jump = TimeSpan.FromDays(365.25 * years);
        Timestamp right = new(2_000_000_000_000);
        Timestamp wrong = new((ulong)((double)right.UnixMilliseconds + jump.TotalMilliseconds));
        var steady = new SteadyTime(TimeSpan.FromHours(1));
        ProducerInput.TipChanged tip = TipAt(HeightInTurn, new SignerState([.. _signers]));
        tip = tip with { Tip = tip.Tip with { Header = tip.Tip.Header with { Timestamp = right } } };
        _producer.Step(tip, new NodeTime(wrong, steady), this);
        SteadyTime look = Take<NodeEffect.SetTimer>().At;
        Assert.That(look - steady, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(s_longestWait), "out of turn");

        // The clock is set right. The slot is five seconds behind the tip, and the wiggle behind it at most one.
        _producer.Step(new NodeInput.TimerFired(new TimerId("seal")), new NodeTime(right, look), this);
        Assert.That(_effects.OfType<ProducerEffect.Prepare>(), Is.Empty, "the slot has not come");
        look = Take<NodeEffect.SetTimer>().At;
        _producer.Step(new NodeInput.TimerFired(new TimerId("seal")), new NodeTime(right.Plus(s_spacing + TimeSpan.FromSeconds(1)), look), this);
        Take<ProducerEffect.Prepare>();
    }

    [Test]
    public void Refused_IsSealedAnew_AfterAWhile()
    {
        var state = new SignerState([.. _signers]);
        ProducerInput.TipChanged tip = TipAt(HeightInTurn - 1, state);
        HashedBlock refused = SealOn(tip);
        Timestamp now = s_tipTime.Plus(TimeSpan.FromMinutes(1));
        Step(new ProducerInput.Refused(refused.Header.Height, refused, Verdict.RefusedByPolicy("a block", "none")), now);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(now.Plus(s_spacing)).Steady));
        Fire(now.Plus(s_spacing));
        _effects.Clear();
        Step(new ProducerInput.Prepared(Candidate(HeightInTurn, tip.Tip.Id)), now.Plus(s_spacing));
        NodeEffect.StartJob job = Take<NodeEffect.StartJob>();
        Step(new NodeInput.JobDone(job.Id, job.Work.Run(default)), now.Plus(s_spacing));
        Take<ProducerEffect.Adopt>();
    }

    [Test]
    public void Prepared_OnAnotherTip_IsLeftAlone()
    {
        Report(HeightInTurn, s_tipTime);
        _effects.Clear();
        Step(new ProducerInput.Prepared(Candidate(HeightInTurn, new BlockId(Sha3_256.Hash("other"u8)))), s_tipTime);
        Assert.That(_effects, Is.Empty);
    }

    [Test]
    public void PoolFilled_BeforeTheSlot_SealsAtTheSlot()
    {
        _producer = Build(new AuthorityOptions { WaitsForTransactions = true });
        Report(HeightInTurn, s_tipTime);
        _effects.Clear();
        Step(new ProducerInput.PoolFilled(), s_tipTime);
        Assert.That(_effects, Is.Empty, "It waits for the slot, not for transactions.");
        Fire(s_tipTime.Plus(s_spacing));
        Take<ProducerEffect.Prepare>();
    }

    [Test]
    public void OutOfTurn_TwoSigners_DrawTheirDelaysApart()
    {
        PrivateKey.Read(Sha3_256.Hash("another"u8).AsSpan(), out PrivateKey? key);
        using PrivateKey other = key!;
        var spec = new ProofOfAuthority([_self, s_scheme.AddressOf(other.PublicKey), World.Owner(1), World.Owner(2)], s_spacing, 1_000);
        var state = new SignerState([.. spec.Signers]);
        ulong turn = (ulong)state.IndexOf(World.Owner(1));
        Assert.That(Delays(_key), Is.Not.EqualTo(Delays(other)));

        List<double> Delays(PrivateKey signer)
        {
            _producer = new ProofOfAuthorityProducer(spec, signer, s_scheme);
            var drawn = new List<double>();
            for (ulong i = 0; i < 20; i++)
            {
                Report(state, 300 + turn + (4 * i), s_tipTime);
                drawn.Add(Take<NodeEffect.SetTimer>().At.Elapsed.TotalMilliseconds);
            }

            return drawn;
        }
    }

    [Test]
    public void Start_BehindABlockOfItsOwn_ListensForNothingMore()
    {
        // The store ends with it: this file knows of it.
        var state = new SignerState([.. _signers]);
        SignerState after = state.After(HeightInTurn, new Ballot(state.IndexOf(_self), AuthorityVote.None), default, false);
        Timestamp now = s_tipTime.Plus(TimeSpan.FromMinutes(1));
        Step(TipAt(HeightInTurn, after), now);
        _effects.Clear();
        Step(TipAt(HeightInTurn + 2, state), now);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(now).Steady));
    }

    [Test]
    public void TimerFired_EarlyOrAnothers_SealsNothing()
    {
        Report(HeightInTurn, s_tipTime);
        Timestamp slot = s_tipTime.Plus(s_spacing);
        _effects.Clear();
        Step(new NodeInput.TimerFired(new TimerId("another")), slot);
        Assert.That(_effects, Is.Empty);
        var early = new Timestamp(slot.UnixMilliseconds - 1);
        Fire(early);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(slot).Steady), "once more, when it is due");
        Fire(slot);
        Take<ProducerEffect.Prepare>();
        Fire(slot);
        Assert.That(_effects, Is.Empty, "one is being made");
    }

    [Test]
    public void JobDone_OfAnOlderJob_IsNotAdopted()
    {
        ProducerInput.TipChanged tip = TipAt(HeightInTurn - 1, new SignerState([.. _signers]));
        Step(tip, s_tipTime);
        _effects.Clear();
        Step(new ProducerInput.Prepared(Candidate(HeightInTurn, tip.Tip.Id)), s_tipTime);
        NodeEffect.StartJob older = Take<NodeEffect.StartJob>();
        Step(new ProducerInput.Prepared(Candidate(HeightInTurn, tip.Tip.Id)), s_tipTime);
        NodeEffect.StartJob newer = Take<NodeEffect.StartJob>();
        Step(new NodeInput.JobDone(older.Id, older.Work.Run(default)), s_tipTime);
        Assert.That(_effects, Is.Empty);
        Step(new NodeInput.JobDone(newer.Id, null), s_tipTime);
        Assert.That(_effects, Is.Empty, "it was cancelled");
        Step(new NodeInput.JobDone(newer.Id, newer.Work.Run(default)), s_tipTime);
        Take<ProducerEffect.Adopt>();
    }

    [Test]
    public void Refused_AsDeferred_IsTriedASlotBehindWhatWasNamed()
    {
        ProducerInput.TipChanged tip = TipAt(HeightInTurn - 1, new SignerState([.. _signers]));
        HashedBlock deferred = SealOn(tip);
        Timestamp now = s_tipTime.Plus(TimeSpan.FromMinutes(1)), until = now.Plus(TimeSpan.FromMinutes(5));
        Step(new ProducerInput.Refused(1, deferred, Verdict.Defer(BlockRule.TimestampTooNew, until, until)), now);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(now.Plus(s_longestWait)).Steady), "the clock may be set before that");
        Fire(until);
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(until.Plus(s_spacing)).Steady));
        Step(new ProducerInput.Refused(1, deferred, Verdict.Defer(BlockRule.TimestampTooNew, until, until)), until.Plus(s_spacing));
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(NodeTimes.At(until.Plus(s_spacing * 2)).Steady), "that time has passed");
    }

    [Test]
    public void Refused_BeforeAnyTip_IsNothingToTryAgain()
    {
        Step(new ProducerInput.Refused(1, null, Verdict.RefusedByPolicy("a block", "none")), s_tipTime);
        Assert.That(_effects, Is.Empty);
    }

    [Test]
    public void Seal_WhereAnEpochBegins_HasNoVote()
    {
        // Build has epochs of 1,000 blocks.
        _producer.Propose(World.Owner(0x77), isSigner: true);
        var state = new SignerState([.. _signers]);
        Assert.That(SealOn(TipAt(999, state)).Header.Nonce >> 16, Is.Zero);
        Assert.That(SealOn(TipAt(1_000, state)).Header.Nonce >> 16, Is.EqualTo(1));
    }

    private ulong HeightInTurn => 300 + (ulong)Array.IndexOf(_signers, _self);

    private HashedBlock SealOn(ProducerInput.TipChanged tip)
    {
        Step(tip, s_tipTime.Plus(TimeSpan.FromMinutes(1)));
        _effects.Clear();
        Step(new ProducerInput.Prepared(Candidate(tip.Tip.Height + 1, tip.Tip.Id)), s_tipTime);
        NodeEffect.StartJob job = Take<NodeEffect.StartJob>();
        Step(new NodeInput.JobDone(job.Id, job.Work.Run(default)), s_tipTime);
        return Take<ProducerEffect.Adopt>().Block;
    }

    private static BlockDraft Candidate(ulong height, BlockId parent)
    {
        var header = new BlockHeader { Height = height, Nonce = 0, Previous = parent, MerkleRoot = default, Target = default, Timestamp = s_tipTime };
        var reward = new Transaction { Tag = default, Sender = Address.Root, Receiver = World.Owner(1), Amount = 50, Signature = new byte[65] };
        return new BlockDraft(default, StandardFormat.Instance, header, [reward]);
    }

    private static ProducerInput.TipChanged TipAt(ulong height, SignerState state)
    {
        var header = new BlockHeader { Height = height, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = s_tipTime };
        return new ProducerInput.TipChanged(new HeaderView(header, new BlockId(StandardFormat.Instance.Digest(header)), default), state, 0);
    }

    private ProofOfAuthorityProducer Build(AuthorityOptions? options = null) =>
        new(new ProofOfAuthority(_signers, s_spacing, 1_000), _key, s_scheme, options);

    private void Report(ulong height, Timestamp now) => Step(TipAt(height - 1, new SignerState([.. _signers])), now);

    private void Report(SignerState state, ulong height, Timestamp now) => Step(TipAt(height - 1, state), now);

    private void Fire(Timestamp now) => Step(new NodeInput.TimerFired(new TimerId("seal")), now);

    private void Step(IProducerInput input, Timestamp now) => _producer.Step(input, NodeTimes.At(now), this);

    private T Take<T>()
        where T : IProducerEffect
    {
        T effect = _effects.OfType<T>().Single();
        _effects.Clear();
        return effect;
    }

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect) => _effects.Add(effect);
}
