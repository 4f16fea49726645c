using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Tests.Support;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using static Coniunctum.Consensus.Tests.Support.World;

namespace Coniunctum.Consensus.Tests.Pool;

public sealed class MempoolTests
{
    private readonly List<Mempool.Dropped> _dropped = [];
    private World _world = null!;
    private LedgerState _state = null!;
    private Mempool _pool = null!;
    private int _refused;

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
                if (!TryAdd(_world.Pay(random.Next(2) == 0 ? Alice : Bob, Carol, 1, (ulong)random.Next(5))).IsAccepted) _refused++;
            }

            return [.. Order(), .. _dropped.Select(drop => drop.Transaction.Id)];
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
        Assert.That(_dropped.Select(drop => (drop.Transaction.Id, drop.Reason.Rule)), Is.EqualTo(new[] { (_world.IdOf(old), PoolRule.Replaced) }));
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

        Assert.That(TryAdd(_world.Pay(Alice, Bob, 300, fee: 1)), Is.EqualTo(Admission.Invalid(Verdict.Reject(BlockRule.BalanceInsufficient, 300UL, 301UL))));
        Assert.That(TryAdd(_world.Pay(Carol, Bob, 1)), Is.EqualTo(Admission.Invalid(Verdict.Reject(BlockRule.BalanceInsufficient, 0UL, 1UL))), "what waits funds nobody");
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
        Assert.That(_dropped.Select(drop => (drop.Transaction.Id, drop.Reason.Rule)), Is.EqualTo(new[] { (_world.IdOf(payments[1]), PoolRule.PoolFull) }));
        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(payments[0]), _world.IdOf(better), _world.IdOf(payments[2]) }));
        Assert.That(_pool.Bytes, Is.EqualTo(3 * size));
    }

    [Test]
    public void TryAdd_IntoAFullPoolWithoutFees_IsRefused()
    {
        Use(new World(Int32CoinFormat.Instance), new PoolOptions { MaxBytes = 500 });
        while (TryAdd(Pay(0)).IsAccepted)
        {
            // Until it is full.
        }

        Assert.That(TryAdd(Pay(0)), Is.EqualTo(Admission.Refused(PoolRule.PoolFull)));
        Assert.That(_dropped, Is.Empty);
        Assert.That(_pool.Count, Is.GreaterThan(0));
    }

    [Test]
    public void Purge_OfUnaffordableTransactionsFromOneAccount_EvictsNobody()
    {
        // CVE-2022-23328: transactions that cannot all be paid outbid those that can.
        int size = _world.Hash(Pay(1)).Size;
        Use(new World(StandardFormat.Instance), new PoolOptions { MaxBytes = (16 * size) + 4 });
        for (int i = 0; i < 16; i++) Add(_world.Pay(Alice, Carol, 1, fee: 1));

        for (int i = 0; i < 5_120; i++)
            Assert.That(TryAdd(_world.Pay(Bob, Carol, 501, fee: 400)).Verdict.Rule, Is.EqualTo(BlockRule.BalanceInsufficient));
        Assert.That(_dropped, Is.Empty);

        // What Bob can pay for he may outbid: one of them.
        int evictors = Enumerable.Range(0, 100).Count(_ => TryAdd(_world.Pay(Bob, Carol, 1, fee: 450)).IsAccepted);
        Assert.That(evictors, Is.EqualTo(1));
        Assert.That(_dropped, Has.Exactly(1).Items);
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
        Assert.That(_dropped.Select(drop => (drop.Transaction.Id, drop.Reason.Rule)), Is.EqualTo(new[] { (_world.IdOf(conflicting), PoolRule.Conflicting) }));
    }

    [Test]
    public void Follow_BeyondTheLastValidHeight_DropsAsExpired()
    {
        Transaction expiring = _world.Pay(Alice, Carol, 1, validUntil: 2);
        Add(expiring);
        Add(_world.Pay(Alice, Carol, 1, validUntil: 3));

        Connect();
        Assert.That(_dropped, Is.Empty, "a block of height 2 may hold it");
        Connect();
        Assert.That(_dropped.Select(drop => drop.Reason), Is.EqualTo(new[] { Admission.Invalid(Verdict.Reject(BlockRule.TagOutsideWindow, 2UL, 3UL)) }));
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
    public void Follow_WhenTheBalanceShrinks_DropsTheNewest()
    {
        Transaction[] payments = [_world.Pay(Alice, Carol, 300), _world.Pay(Alice, Carol, 300), _world.Pay(Alice, Carol, 100)];
        foreach (Transaction payment in payments) Add(payment);

        Connect(_world.Pay(Alice, Bob, 600));

        Assert.That(Order(), Is.EqualTo(new[] { _world.IdOf(payments[0]), _world.IdOf(payments[2]) }), "the oldest first; what still fits stays");
        Assert.That(_dropped.Single().Reason, Is.EqualTo(Admission.Invalid(Verdict.Reject(BlockRule.BalanceInsufficient, 100UL, 300UL))));
    }

    [Test]
    public void Follow_LooksOnlyAtSendersWhoseStateChanged()
    {
        var view = new CountingView(_state);
        Add(_world.Pay(Alice, Carol, 1));
        Add(_world.Pay(Bob, Carol, 1));
        (HashedBlock block, StateDelta delta) = Execute([_world.Pay(Alice, Miner, 1)]);
        _state.Apply(delta);

        _pool.Follow([], [block], delta, view, _dropped);

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
        Assert.That(_dropped.Single().Reason.Verdict.Rule, Is.EqualTo(BlockRule.PaymentTooSmall));
    }

    private Transaction Pay(ulong fee) => _world.Pay(Alice, Carol, 1, fee);

    private Admission TryAdd(Transaction transaction) => _pool.TryAdd(_world.Hash(transaction), _state, _dropped);

    private void Add(Transaction transaction) => Assert.That(TryAdd(transaction), Is.EqualTo(Admission.Accepted));

    private IEnumerable<TransactionId> Order() => _pool.InOrder.Select(transaction => transaction.Id);

    private void Use(World world, PoolOptions options)
    {
        _world = world;
        _state = new LedgerState(world.Profile.Format.Traits, default);
        _state.Apply(GenesisBlock.Create(world.Profile).Delta);
        _pool = new Mempool(world.Profile, options);
        _dropped.Clear();
    }

    /// <summary>Follows a next block that holds some payments.</summary>
    private void Connect(params Transaction[] payments)
    {
        (HashedBlock block, StateDelta delta) = Execute(payments);
        _state.Apply(delta);
        _pool.Follow([], [block], delta, _state, _dropped);
    }

    private (HashedBlock Block, StateDelta Delta) Execute(Transaction[] payments)
    {
        var execution = new BlockExecution(_world.Profile, new StateOverlay(_state));
        foreach (Transaction payment in payments) Assert.That(execution.TryApply(payment), Is.EqualTo(Verdict.Valid));
        var header = new BlockHeader { Height = execution.Height, Nonce = 0, Previous = default, MerkleRoot = default, Target = default };
        var block = HashedBlock.Create(new Block { Header = header, Transactions = payments }, _world.Profile.Format, _world.ChainId);
        return (block, execution.Complete(block.Id, Work.Zero));
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
    }
}
