using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Tests.Support;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Pool;

public sealed class MempoolTests
{
    private readonly List<PoolEvent> _events = [];
    private World _world = null!;
    private PoolChain _chain = null!;
    private Mempool _pool = null!;
    private int _refused;

    private LedgerState State => _chain.State;

    private IEnumerable<PoolEvent> Dropped => _events.Where(moved => moved.To == PoolStatus.Outside);

    [SetUp]
    public void CreatePool() => Use(new World(StandardFormat.Instance), new PoolOptions());

    [Test]
    public void InOrder_WithFees_PaysBestFirstAndOldestAmongEquals()
    {
        Transaction[] payments = [Pay(3), Pay(9), Pay(0), Pay(9), Pay(4), Pay(0)];
        foreach (Transaction payment in payments) Add(payment);

        Assert.That(Order(), Is.EqualTo(new[] { 1, 3, 4, 0, 2, 5 }.Select(index => _world.IdOf(payments[index]))));
    }

    [Test]
    public void InOrder_WithoutFees_IsFirstComeFirstServed()
    {
        Use(new World(Int32CoinFormat.Instance), new PoolOptions());
        Transaction[] payments = [.. Enumerable.Range(1, 20).Select(amount => _world.Pay(amount % 2 == 0 ? Alice : Bob, Carol, (ulong)amount))];
        foreach (Transaction payment in payments) Add(payment);

        Assert.That(Order(), Is.EqualTo(payments.Select(_world.IdOf)));
    }

    [Test]
    public void InOrder_EqualInputs_EqualOrder()
    {
        TransactionId[] first = Run();
        Assert.That(first, Has.Length.EqualTo(200 - _refused).And.Length.GreaterThan(20));
        Assert.That(Run(), Is.EqualTo(first));

        TransactionId[] Run()
        {
            _refused = 0;
            Use(new World(StandardFormat.Instance), new PoolOptions { MaxBytes = 4_000 });
            var random = new Random(7);
            for (int i = 0; i < 200; i++)
            {
                if (!TryAdd(_world.Pay(random.Next(2) == 0 ? Alice : Bob, Carol, 1, (ulong)random.Next(5))).IsValid) _refused++;
            }

            return [.. Order(), .. Dropped.Select(drop => drop.Transaction.Id)];
        }
    }

    [Test]
    public void TryAdd_TheSameAgain_IsAlreadyKnown()
    {
        Transaction payment = Pay(1);
        Add(payment);

        Assert.That(TryAdd(payment), Is.EqualTo(Admission.Refused(PoolRule.AlreadyKnown)));
        Assert.That(_pool.HasVerified(_world.Hash(payment)), Is.True);
        Assert.That(_pool.HasVerified(_world.Hash(Missign(payment))), Is.False);
        Assert.That(_pool.Count, Is.EqualTo(1));
    }

    [Test]
    public void TryAdd_SameTag_MustPayTheOldFeeAndItsOwnRelay()
    {
        Use(new World(StandardFormat.Instance), new PoolOptions { RelayRate = 1 });
        Transaction old = _world.Pay(Alice, Carol, 100, fee: 10);
        Add(old);
        ulong size = (ulong)_world.Hash(_world.Pay(Alice, Bob, 100, fee: 210, tag: old.Tag)).Size;
        Transaction tooLittle = _world.Pay(Alice, Bob, 100, fee: 10 + size - 1, tag: old.Tag);
        Transaction enough = _world.Pay(Alice, Bob, 100, fee: 10 + size, tag: old.Tag);

        Assert.That(TryAdd(tooLittle).Verdict.Rule, Is.EqualTo(BlockRule.TagReused));
        Add(enough);
        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(enough) }));
        Assert.That(Dropped.Select(drop => (drop.Transaction.Id, drop.Reason.Rule)), Is.EqualTo(new[] { (_world.IdOf(old), PoolRule.Replaced) }));
        Add(_world.Pay(Bob, Carol, 1, tag: old.Tag));
    }

    [Test]
    public void TryAdd_SameTag_WithoutFees_TheFirstStays()
    {
        Use(new World(Int32CoinFormat.Instance), new PoolOptions { RelayRate = 0 });
        Transaction first = _world.Pay(Alice, Carol, 1);
        Add(first);

        Assert.That(TryAdd(_world.Pay(Alice, Bob, 1, tag: first.Tag)).Verdict.Rule, Is.EqualTo(BlockRule.TagReused));
    }

    [Test]
    public void TryAdd_AnAbsurdRelayRate_ReplacesNothing()
    {
        Use(new World(StandardFormat.Instance), new PoolOptions { RelayRate = ulong.MaxValue / 2 });
        Transaction first = _world.Pay(Alice, Carol, 1);
        Add(first);

        Assert.That(TryAdd(_world.Pay(Alice, Bob, 1, fee: 900, tag: first.Tag)).Verdict.Rule, Is.EqualTo(BlockRule.TagReused));
    }

    [Test]
    public void TryAdd_ConfirmedBalanceMinusWhatWaits_FundsIt()
    {
        Add(_world.Pay(Alice, Bob, 600, fee: 100));

        Assert.That(TryAdd(_world.Pay(Alice, Bob, 300, fee: 1)), Is.EqualTo(Admission.Invalid(Verdict.Invalid(BlockRule.BalanceInsufficient, 300UL, 301UL))));
        Assert.That(TryAdd(_world.Pay(Carol, Bob, 1)), Is.EqualTo(Admission.Invalid(Verdict.Invalid(BlockRule.BalanceInsufficient, 0UL, 1UL))), "what waits funds nobody");
        Add(_world.Pay(Alice, Bob, 300));
        Assert.That(TryAdd(_world.Pay(Alice, Bob, 1)).Verdict.Rule, Is.EqualTo(BlockRule.BalanceInsufficient));
    }

    [Test]
    public void TryAdd_AReplacement_IsFundedByWhatItReplaces()
    {
        Transaction old = _world.Pay(Alice, Bob, 600);
        Add(old);

        Add(_world.Pay(Alice, Bob, 600, fee: 400, tag: old.Tag));
        Assert.That(TryAdd(_world.Pay(Alice, Bob, 1)).Verdict.Rule, Is.EqualTo(BlockRule.BalanceInsufficient));
    }

    [Test]
    public void TryAdd_MoreThanTheSendersShare_IsRefused()
    {
        Use(new World(StandardFormat.Instance), new PoolOptions { MaxPerSender = 2, RelayRate = 0 });
        Transaction first = Pay(1);
        Add(first);
        Add(Pay(1));

        Assert.That(TryAdd(Pay(100)), Is.EqualTo(Admission.Refused(PoolRule.SenderLimit)));
        Add(_world.Pay(Alice, Carol, 2, fee: 5, tag: first.Tag));
        Add(_world.Pay(Bob, Carol, 1));
    }

    [Test]
    public void TryAdd_IntoAFullPool_EvictsTheCheapest()
    {
        int size = _world.Hash(Pay(1)).Size;
        Use(new World(StandardFormat.Instance), new PoolOptions { MaxBytes = 3 * size });
        Transaction[] payments = [Pay(5), Pay(2), Pay(3)];
        foreach (Transaction payment in payments) Add(payment);

        Assert.That(TryAdd(Pay(2)), Is.EqualTo(Admission.Refused(PoolRule.PoolFull)), "it must pay more than the cheapest");
        Transaction better = Pay(4);
        Add(better);
        Assert.That(Dropped.Select(drop => (drop.Transaction.Id, drop.Reason.Rule)), Is.EqualTo(new[] { (_world.IdOf(payments[1]), PoolRule.PoolFull) }));
        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(payments[0]), _world.IdOf(better), _world.IdOf(payments[2]) }));
        Assert.That(_pool.Bytes, Is.EqualTo(3 * size));
    }

    [Test]
    public void TryAdd_IntoAFullPoolWithoutFees_IsRefused()
    {
        Use(new World(Int32CoinFormat.Instance), new PoolOptions { MaxBytes = 500 });
        while (TryAdd(Pay(0)).IsValid)
        {
            // Until it is full.
        }

        Assert.That(TryAdd(Pay(0)), Is.EqualTo(Admission.Refused(PoolRule.PoolFull)));
        Assert.That(Dropped, Is.Empty);
        Assert.That(_pool.Count, Is.GreaterThan(0));
    }

    [Test]
    public void Follow_Confirmed_LeavesWithoutAWord_ConflictingIsDropped()
    {
        Transaction confirmed = Pay(1);
        Transaction conflicting = _world.Pay(Bob, Carol, 1);
        Transaction stays = _world.Pay(Bob, Carol, 2);
        foreach (Transaction payment in (Transaction[])[confirmed, conflicting, stays]) Add(payment);

        Connect(confirmed, _world.Pay(Bob, Alice, 7, tag: conflicting.Tag));

        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(stays) }));
        Assert.That(Dropped.Select(drop => (drop.Transaction.Id, drop.Reason.Rule)), Is.EqualTo(new[] { (_world.IdOf(conflicting), PoolRule.Conflicting) }));
    }

    [Test]
    public void Follow_BeyondTheLastValidHeight_DropsAsExpired()
    {
        Transaction expiring = _world.Pay(Alice, Carol, 1, validUntil: 2);
        Add(expiring);
        Add(_world.Pay(Alice, Carol, 1, validUntil: 3));

        Connect();
        Assert.That(Dropped, Is.Empty, "a block of height 2 may hold it");
        Connect();
        Assert.That(Dropped.Select(drop => drop.Reason), Is.EqualTo(new[] { new Admission(Verdict.Invalid(BlockRule.TagOutsideWindow, 2UL, 3UL), PoolRule.Expired) }));
        Assert.That(_pool.Count, Is.EqualTo(1));
    }

    [Test]
    public void TryAdd_OutsideTheWindow_IsInvalid()
    {
        Assert.That(TryAdd(_world.Pay(Alice, Carol, 1, validUntil: 0)).Verdict.Rule, Is.EqualTo(BlockRule.TagOutsideWindow));
        Assert.That(TryAdd(_world.Pay(Alice, Carol, 1, validUntil: 26)).Verdict.Rule, Is.EqualTo(BlockRule.TagOutsideWindow));
        Add(_world.Pay(Alice, Carol, 1, validUntil: 25));
    }

    [Test]
    public void Follow_LooksOnlyAtSendersWhoseStateChanged()
    {
        var view = new CountingView(State);
        Add(_world.Pay(Alice, Carol, 1));
        Add(_world.Pay(Bob, Carol, 1));
        (HashedBlock[] disconnected, HashedBlock[] connected, StateDelta change) = _chain.Move(0, [[_world.Pay(Alice, Miner, 1)]]);

        _pool.Follow(disconnected, connected, change, view, _events);

        Assert.That(view.Asked, Does.Contain(Alice).And.Not.Contain(Bob));
    }

    [Test]
    public void Follow_WhenAReceiverBecomesEmpty_DropsPaymentsTooSmallToOpenAnAccount()
    {
        Use(new World(ProfileOf(StandardFormat.Instance) with { MinimumOpeningPayment = 10 }), new PoolOptions());
        Transaction small = _world.Pay(Alice, Bob, 9);
        Transaction large = _world.Pay(Alice, Bob, 10);
        Add(small);
        Add(large);

        Connect(_world.Pay(Bob, Carol, 500));

        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(large) }));
        Assert.That(Dropped.Single().Reason.Verdict.Rule, Is.EqualTo(BlockRule.PaymentTooSmall));
    }

    [Test]
    public void TryAdd_WithoutTheBalance_WaitsIfItMay()
    {
        Transaction first = _world.Pay(Alice, Bob, 600);
        Transaction second = _world.Pay(Alice, Bob, 600);
        Add(first);

        Assert.That(TryAdd(second).Rule, Is.EqualTo(PoolRule.None), "a user hears at once");
        Admission waits = TryAdd(second, mayWait: true);
        Assert.That(waits, Is.EqualTo(new Admission(Verdict.Invalid(BlockRule.BalanceInsufficient, 400UL, 600UL), PoolRule.Waiting)));
        Assert.That((waits.IsWaiting, waits.IsValid, waits.RuleName), Is.EqualTo((true, false, "BalanceInsufficient")));
        Assert.That(waits.ToString(), Does.StartWith("Waiting, BalanceInsufficient"));
        Assert.That((_pool.Count, _pool.WaitingCount), Is.EqualTo((1, 1)));
        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(first) }), "no block may hold it yet");
        Assert.That(TryAdd(second, mayWait: true), Is.EqualTo(Admission.Refused(PoolRule.AlreadyKnown)));
        Assert.That(_pool.HasVerified(_world.Hash(second)), Is.True);
        Assert.That(Moves(), Is.EqualTo(new[] { (_world.IdOf(first), PoolStatus.Outside, PoolStatus.Ready), (_world.IdOf(second), PoolStatus.Outside, PoolStatus.Waiting) }));
    }

    [Test]
    public void Follow_ABlockThatPaysTheSender_MakesTheOldestReadyFirst()
    {
        Transaction[] waiting = [_world.Pay(Carol, Bob, 60), _world.Pay(Carol, Bob, 50), _world.Pay(Carol, Bob, 40)];
        foreach (Transaction payment in waiting) Assert.That(TryAdd(payment, mayWait: true).IsWaiting);
        _events.Clear();

        Connect(_world.Pay(Alice, Carol, 100));

        Assert.That(Order(), Is.EqualTo(new[] { waiting[0], waiting[2] }.Select(_world.IdOf)), "what still fits goes along");
        Assert.That(_pool.WaitingInOrder.Single().Id, Is.EqualTo(_world.IdOf(waiting[1])));
        Assert.That(Moves(), Is.EqualTo(new[]
        {
            (_world.IdOf(waiting[0]), PoolStatus.Waiting, PoolStatus.Ready), (_world.IdOf(waiting[2]), PoolStatus.Waiting, PoolStatus.Ready),
        }));
        Connect(_world.Pay(Alice, Carol, 50));
        Assert.That(_pool.WaitingCount, Is.Zero);
    }

    [Test]
    public void Follow_WhenTheBalanceShrinks_TheNewestWaits()
    {
        Transaction[] payments = [_world.Pay(Alice, Carol, 300), _world.Pay(Alice, Carol, 300), _world.Pay(Alice, Carol, 100)];
        foreach (Transaction payment in payments) Add(payment);
        _events.Clear();

        Connect(_world.Pay(Alice, Bob, 600));

        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(payments[0]), _world.IdOf(payments[2]) }), "the oldest first; what still fits stays");
        PoolEvent moved = _events.Single();
        Assert.That((moved.Transaction.Id, moved.From, moved.To), Is.EqualTo((_world.IdOf(payments[1]), PoolStatus.Ready, PoolStatus.Waiting)));
        Assert.That(moved.Reason, Is.EqualTo(new Admission(Verdict.Invalid(BlockRule.BalanceInsufficient, 0UL, 300UL), PoolRule.Waiting)));

        // Funded, lost again, funded again.
        Connect(_world.Pay(Bob, Alice, 300));
        Assert.That(_pool.Count, Is.EqualTo(3));
        Connect(_world.Pay(Alice, Bob, 1));
        Assert.That(_pool.Count, Is.EqualTo(2));
        Connect(_world.Pay(Bob, Alice, 1));
        Assert.That(Order(), Is.EqualTo(new[] { payments[0], payments[2], payments[1] }.Select(_world.IdOf)), "its turn is that of when it became ready");
    }

    [Test]
    public void TryAdd_TooEarly_WaitsUntilItsWindowOpens()
    {
        // At the tip 0 the window of the next block ends at 25.
        Transaction early = _world.Pay(Alice, Carol, 1, validUntil: 27);
        Admission waits = TryAdd(early, mayWait: true);
        Assert.That(waits, Is.EqualTo(new Admission(Verdict.Invalid(BlockRule.TagOutsideWindow, 27UL, 25UL), PoolRule.Waiting)));
        Assert.That(TryAdd(_world.Pay(Alice, Carol, 1, validUntil: 126), mayWait: true), Is.EqualTo(Admission.Invalid(Verdict.Invalid(BlockRule.TagOutsideWindow, 126UL, 25UL))));
        Assert.That(TryAdd(_world.Pay(Alice, Carol, 1, validUntil: 125), mayWait: true).IsWaiting, Is.True, "a hundred blocks at most");
        Assert.That(TryAdd(_world.Pay(Alice, Carol, 1, validUntil: 0), mayWait: true).IsWaiting, Is.False, "what has expired never becomes valid");

        Connect();
        Assert.That(_pool.Count, Is.Zero);
        Connect();
        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(early) }));
    }

    [Test]
    public void Follow_AfterAHundredBlocks_WaitsNoLonger()
    {
        Use(new World(ProfileOf(StandardFormat.Instance) with { TagWindow = 1_000 }), new PoolOptions());
        Assert.That(TryAdd(_world.Pay(Carol, Bob, 1), mayWait: true).IsWaiting);
        for (int i = 0; i < 100; i++) Connect();
        Assert.That(_pool.WaitingCount, Is.EqualTo(1));

        Connect();

        Assert.That(_pool.WaitingCount, Is.Zero);
        Assert.That(Dropped.Single().Reason, Is.EqualTo(new Admission(Verdict.Invalid(BlockRule.BalanceInsufficient, 0UL, 1UL), PoolRule.WaitedTooLong)));
    }

    [Test]
    public void Follow_WhatExpiresWhileItWaits_IsDropped()
    {
        Assert.That(TryAdd(_world.Pay(Carol, Bob, 1, validUntil: 2), mayWait: true).IsWaiting);
        Connect();
        Assert.That(Dropped, Is.Empty);

        Connect();

        Assert.That(Dropped.Single().Reason.Rule, Is.EqualTo(PoolRule.Expired));
        Assert.That(Dropped.Single().From, Is.EqualTo(PoolStatus.Waiting));
    }

    [Test]
    public void TryAdd_AFundedOne_TakesTheTagOfOneThatWaits_WithoutOutbiddingIt()
    {
        Transaction waiting = _world.Pay(Alice, Bob, 2_000, fee: 900);
        Assert.That(TryAdd(waiting, mayWait: true).IsWaiting);
        Transaction funded = _world.Pay(Alice, Bob, 20, tag: waiting.Tag);

        Add(funded);

        PoolEvent replaced = Dropped.Single();
        Assert.That((replaced.Transaction.Id, replaced.Reason.Rule, replaced.ReplacedBy), Is.EqualTo((_world.IdOf(waiting), PoolRule.Replaced, (TransactionId?)_world.IdOf(funded))));
        Assert.That(_pool.WaitingCount, Is.Zero);
    }

    [Test]
    public void TryAdd_AnUnfundedOne_ReplacesNothingThatIsReady_AndOutbidsWhatWaits()
    {
        Transaction ready = _world.Pay(Alice, Bob, 20);
        Add(ready);
        Assert.That(TryAdd(_world.Pay(Alice, Bob, 2_000, fee: 900, tag: ready.Tag), mayWait: true), Is.EqualTo(
            Admission.Invalid(Verdict.Invalid(BlockRule.BalanceInsufficient, 1_000UL, 2_900UL))));

        Transaction waiting = _world.Pay(Carol, Bob, 20);
        Assert.That(TryAdd(waiting, mayWait: true).IsWaiting);
        Assert.That(TryAdd(_world.Pay(Carol, Alice, 20, fee: 1, tag: waiting.Tag), mayWait: true).Verdict.Rule, Is.EqualTo(BlockRule.TagReused));
        Assert.That(TryAdd(_world.Pay(Carol, Alice, 20, fee: 900, tag: waiting.Tag), mayWait: true).IsWaiting);
        Assert.That(_pool.WaitingCount, Is.EqualTo(1));
        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(ready) }));
    }

    [Test]
    public void TryAdd_AReplacementThatCostsLess_MakesReadyWhatWaited()
    {
        Use(new World(StandardFormat.Instance), new PoolOptions { RelayRate = 0 });
        Transaction large = _world.Pay(Alice, Bob, 900);
        Transaction waiting = _world.Pay(Alice, Bob, 200);
        Add(large);
        Assert.That(TryAdd(waiting, mayWait: true).IsWaiting);

        Add(_world.Pay(Alice, Bob, 700, fee: 1, tag: large.Tag));

        Assert.That(_pool.PlaceOf(_world.IdOf(waiting)), Is.EqualTo(PoolStatus.Ready));
    }

    [Test]
    public void TryAdd_MoreThanMayWait_IsRefused_AndNothingLeavesForIt()
    {
        int size = _world.Hash(_world.Pay(Carol, Bob, 1)).Size;
        Use(new World(StandardFormat.Instance), new PoolOptions { MaxBytes = 60 * size, WaitingPercent = 5, MaxWaitingPerSender = 2 });
        Assert.That(Wait(Carol), Is.EqualTo(PoolRule.Waiting));
        Assert.That(Wait(Carol), Is.EqualTo(PoolRule.Waiting));
        Assert.That(Wait(Carol), Is.EqualTo(PoolRule.WaitingFull), "two of a sender");
        Assert.That(Wait(Miner), Is.EqualTo(PoolRule.Waiting));
        Assert.That(Wait(OtherMiner), Is.EqualTo(PoolRule.WaitingFull), "three in 5 percent of the room for sixty");
        Assert.That(Dropped, Is.Empty);

        PoolRule Wait(Crypto.Address sender) => TryAdd(_world.Pay(sender, Bob, 1), mayWait: true).Rule;
    }

    [Test]
    public void TryAdd_IntoAFullPool_EvictsWhatWaitsFirst_TheNewestFirst()
    {
        int size = _world.Hash(Pay(900)).Size;
        Use(new World(StandardFormat.Instance), new PoolOptions { MaxBytes = 4 * size, WaitingPercent = 50 });
        Transaction[] waiting = [_world.Pay(Carol, Bob, 1, fee: 900), _world.Pay(Carol, Bob, 2, fee: 900)];
        foreach (Transaction payment in waiting) Assert.That(TryAdd(payment, mayWait: true).IsWaiting);
        Add(Pay(5));
        Add(Pay(5));

        Add(Pay(0));
        Assert.That(Dropped.Select(drop => (drop.Transaction.Id, drop.Reason.Rule)), Is.EqualTo(new[] { (_world.IdOf(waiting[1]), PoolRule.PoolFull) }));
        Add(Pay(0));
        Assert.That(_pool.WaitingCount, Is.Zero);
        Assert.That(TryAdd(Pay(0)).Rule, Is.EqualTo(PoolRule.PoolFull));
        Assert.That(TryAdd(_world.Pay(Carol, Bob, 1), mayWait: true).Rule, Is.EqualTo(PoolRule.WaitingFull));
    }

    [Test]
    public void Follow_ManyThatLoseTheirBalance_TheOldestSixteenWait()
    {
        Transaction[] payments = [.. Enumerable.Range(0, 40).Select(_ => _world.Pay(Alice, Carol, 10))];
        foreach (Transaction payment in payments) Add(payment);

        Connect(_world.Pay(Alice, Bob, 1_000));

        Assert.That(_pool.WaitingInOrder.Select(transaction => transaction.Id), Is.EqualTo(payments[..16].Select(_world.IdOf)));
        Assert.That(Dropped.Select(drop => drop.Reason.Rule), Is.All.EqualTo(PoolRule.WaitingFull).And.Exactly(24).Items);
    }

    private Transaction Pay(ulong fee) => _world.Pay(Alice, Carol, 1, fee);

    private IEnumerable<(TransactionId Id, PoolStatus From, PoolStatus To)> Moves() =>
        _events.Where(moved => moved.To != PoolStatus.Outside).Select(moved => (moved.Transaction.Id, moved.From, moved.To));

    private Admission TryAdd(Transaction transaction, bool mayWait = false) =>
        _pool.TryAdd(_world.Hash(transaction), State, mayWait, PoolStatus.Outside, _events);

    private void Add(Transaction transaction) => Assert.That(TryAdd(transaction), Is.EqualTo(Admission.Accepted));

    private IEnumerable<TransactionId> Order() => _pool.InOrder.Select(entry => entry.Transaction.Id);

    private void Use(World world, PoolOptions options)
    {
        _world = world;
        _chain = new PoolChain(world);
        _pool = new Mempool(world.Profile, options);
        _events.Clear();
    }

    /// <summary>Follows a next block that holds some payments.</summary>
    private void Connect(params Transaction[] payments)
    {
        (HashedBlock[] disconnected, HashedBlock[] connected, StateDelta change) = _chain.Move(0, [payments]);
        Assert.That(connected[0].Transactions, Has.Count.EqualTo(payments.Length));
        _pool.Follow(disconnected, connected, change, State, _events);
    }

    private sealed class CountingView(IStateView state) : IStateView
    {
        public HashSet<Crypto.Address> Asked { get; } = [];

        public ulong Height => state.Height;

        public ulong Supply => state.Supply;

        public Crypto.Hash256 StateRoot => state.StateRoot;

        public Crypto.Hash256 HistoryRoot => state.HistoryRoot;

        public ulong BalanceOf(Crypto.Address address)
        {
            Asked.Add(address);
            return state.BalanceOf(address);
        }

        public ulong LockedOf(Crypto.Address address) => state.LockedOf(address);

        public bool IsTagUsed(Crypto.Address sender, TransactionTag tag) => state.IsTagUsed(sender, tag);

        public ReadOnlyMemory<byte> EntryOf(Ledger.Applications.AppId application, ReadOnlySpan<byte> key) => state.EntryOf(application, key);
    }
}
