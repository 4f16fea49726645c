using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Pool;

/// <summary>
/// Attacks that have emptied other pools, against a pool that is full of honest transactions: through the whole chain, with
/// signatures, and with everything allowed to wait. None of the honest ones may leave.
/// </summary>
[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class PoolAttackTests(IBlockFormat format)
{
    // What go-ethereum's pool held when CVE-2022-23328 was found, and so the number that emptied it.
    private const int Flood = 5_120;

    private const int HonestOwners = 50;
    private const int HonestPayments = 200;
    private static readonly Address s_attacker = World.Owner(0xee);

    private World _world = null!;
    private ChainHarness _node = null!;
    private Forge _forge = null!;
    private Transaction[] _honest = null!;
    private TransactionId[] _honestIds = null!;

    private ulong HighFee => format.Traits.HasFees ? 400UL : 0;

    private long HonestBytes => _honest.Sum(payment => (long)_world.Hash(payment).Size);

    [SetUp]
    public void FillThePool()
    {
        _world = new World(World.ProfileOf(format) with
        {
            Genesis = new GenesisSpec
            {
                Timestamp = format.Traits.HasExtendedHeader ? new Timestamp(1_000_000) : default,
                Allocations = [.. Enumerable.Range(1, HonestOwners).Select(i => new GenesisSpec.Allocation(Honest(i), 1_000)), new(s_attacker, 500), new(World.Alice, 100_000)],
            },
        });
        _honest = [.. Enumerable.Range(0, HonestPayments).Select(i => _world.Pay(Honest(1 + (i % HonestOwners)), World.Carol, 1, HighFee == 0 ? 0UL : 1))];
        _honestIds = [.. _honest.Select(_world.IdOf)];

        // Not one more fits, were it the shortest.
        Use(new PoolOptions { MaxBytes = HonestBytes + LedgerLimits.MinTransactionBytes - 1 });
    }

    [Test]
    public void Purge_WithTransactionsThatEachSpendAWholeBalance_EvictsNobody()
    {
        // CVE-2022-23328. There is room for the one that can be paid; all others outbid everyone and can not.
        Use(new PoolOptions { MaxBytes = HonestBytes + 300 });
        Assert.That(_node.Submit(Pay(s_attacker, 500 - HighFee, HighFee), mayWait: true), Is.EqualTo(Admission.Accepted));
        Attack(Enumerable.Range(1, Flood).Select(_ => Pay(s_attacker, 500 - HighFee, HighFee)), BlockRule.BalanceInsufficient);
    }

    [Test]
    public void Purge_WithWhatOneAccountCannotPay_EvictsNobody() =>
        Attack(Enumerable.Range(0, Flood).Select(_ => Pay(s_attacker, 501, HighFee)), BlockRule.BalanceInsufficient);

    [Test]
    public void Purge_FromAddressesThatOwnNothing_EvictsNobody() =>
        Attack(Enumerable.Range(0, Flood).Select(i => Pay(Nobody(i), 1, HighFee)), BlockRule.BalanceInsufficient);

    [Test]
    public void Purge_WithTransactionsOfTheFuture_EvictsNobody()
    {
        // CVE-2022-23327: they would be paid, but no block may hold them yet. Where tags do not expire there is no future: the
        // pool is full for them as for all.
        IEnumerable<Transaction> flood = Enumerable.Range(0, Flood).Select(i => _world.Pay(s_attacker, World.Carol, 1, HighFee, validUntil: 30 + ((ulong)i % 80)));
        Attack(flood, format.Traits.TagsExpire ? BlockRule.TagOutsideWindow : BlockRule.None);
    }

    [Test]
    public void Purge_WithTransactionsThatAreAffordableOneByOne_EvictsNoMoreThanTheyPayFor()
    {
        // What a balance covers together may outbid others, as everyone may: 101 units each, of 500.
        int accepted = 0;
        for (int i = 0; i < Flood; i++)
        {
            if (_node.Submit(Pay(s_attacker, 1, HighFee / 4), mayWait: true).IsValid) accepted++;
        }

        int evicted = _honestIds.Count(id => !_node.Core.IsPooled(id));
        Assert.That(accepted, Is.EqualTo(format.Traits.HasFees ? 4 : 0));
        Assert.That(evicted, Is.EqualTo(accepted));
        BlockDraft candidate = _node.Candidate();
        Assert.That(candidate.Transactions.Count(transaction => transaction.Sender == s_attacker), Is.EqualTo(accepted), "and they do pay");
    }

    [Test]
    public void Purge_ThroughTheWaitingOnes_EvictsNobody_WhenABlockFundsThem()
    {
        // MemPurge (Yaish, Qin, Zhou, Zohar, Gervais, USENIX Security 2024): overdrafts that wait first, and are then made ready together.
        Use(new PoolOptions { MaxBytes = HonestBytes * 100 / 90 });
        Address[] accounts = [.. Enumerable.Range(0, 100).Select(Nobody)];
        var waiting = new List<TransactionId>();
        foreach (Address account in accounts)
        {
            for (int i = 0; i < 16; i++)
            {
                Transaction overdraft = Pay(account, 600, HighFee);
                if (_node.Submit(overdraft, mayWait: true).IsWaiting) waiting.Add(_world.IdOf(overdraft));
            }
        }

        Assert.That(waiting, Has.Count.InRange(5, 30), "five percent of the pool");
        AssertThatTheHonestAreThere();
        _node.Deliver(_forge.Next(_forge.Genesis, [.. accounts.Take(2).Select(account => _world.Pay(World.Alice, account, 1_100))]));

        AssertThatTheHonestAreThere();
        Assert.That(waiting.Count(_node.Core.IsPooled), Is.EqualTo(Math.Min(2, (waiting.Count + 15) / 16)), "one of each that was paid");
    }

    [Test]
    public void Hammer_ReplacementsThatDrainAnAccount_AreRefused()
    {
        // go-ethereum issue 21460: many evict others, then the first is replaced by one that leaves nothing for the rest.
        Use(new PoolOptions());
        Transaction[] own = [.. Enumerable.Range(0, 10).Select(_ => Pay(s_attacker, 50 - (HighFee / 10), HighFee / 10))];
        foreach (Transaction payment in own) Assert.That(_node.Submit(payment), Is.EqualTo(Admission.Accepted));

        for (int i = 0; i < 500; i++)
        {
            Transaction drain = _world.Pay(s_attacker, World.Carol, 500 - HighFee, HighFee, tag: own[i % 10].Tag);
            Admission refused = _node.Submit(drain, mayWait: true);
            Assert.That((refused.Verdict.Rule, refused.Rule), Is.EqualTo((format.Traits.HasFees ? BlockRule.BalanceInsufficient : BlockRule.TagReused, PoolRule.None)));
        }

        Assert.That(own.Select(_world.IdOf), Has.All.Matches<TransactionId>(_node.Core.IsPooled));
        AssertThatTheHonestAreThere();
    }

    [Test]
    public void Cycling_TheTagsOfOthers_ReplacesNothing()
    {
        // Who is not the sender cannot replace: neither under his own name nor in the sender's.
        for (int i = 0; i < Flood; i++)
        {
            Transaction victim = _honest[i % HonestPayments];
            Transaction own = _world.Pay(s_attacker, World.Carol, 1, HighFee * 10, tag: victim.Tag);
            Transaction forged = World.Missign(_world.Pay(victim.Sender, s_attacker, 1, HighFee, tag: victim.Tag));
            Assert.That(_node.Submit(own, mayWait: true).IsValid, Is.False);
            Assert.That(_node.Submit(forged, mayWait: true).Verdict.Rule, Is.EqualTo(format.Traits.HasFees ? BlockRule.SignatureInvalid : BlockRule.TagReused));
            _node.Log.Clear();
        }

        AssertThatTheHonestAreThere();
    }

    [Test]
    public void Flood_OfWhatWaits_EvictsNoHonestOneThatWaits()
    {
        // Of 20 that may wait, ten are honest when the flood begins; whoever came first stays.
        Use(new PoolOptions { MaxBytes = HonestBytes * 2, WaitingPercent = 5 });
        Transaction[] waiting = [.. Enumerable.Range(0, 10).Select(i => Pay(World.Owner((byte)(0xd0 + i)), 5, 0))];
        foreach (Transaction payment in waiting) Assert.That(_node.Submit(payment, mayWait: true).IsWaiting);

        Attack(Enumerable.Range(0, Flood).Select(i => Pay(Nobody(i), 1, HighFee)), BlockRule.BalanceInsufficient);
        Assert.That(_node.Core.WaitingCount, Is.InRange(11, 24));
        _node.Deliver(_forge.Next(_forge.Genesis, [.. waiting.Select(payment => _world.Pay(World.Alice, payment.Sender, 5))]));

        Assert.That(waiting.Select(_world.IdOf), Has.All.Matches<TransactionId>(_node.Core.IsPooled), "and is ready as soon as it is paid");
    }

    private static Address Honest(int number) => World.Owner((byte)number);

    /// <summary>An address that owns nothing.</summary>
    private static Address Nobody(int number)
    {
        byte[] bytes = new byte[32];
        bytes[0] = 0x77;
        BitConverter.TryWriteBytes(bytes.AsSpan(8), number);
        return new Address(new Hash256(bytes));
    }

    private void Use(PoolOptions options)
    {
        _node = new ChainHarness(_world, options);
        _forge = new Forge(_world);
        foreach (Transaction payment in _honest) Assert.That(_node.Submit(payment), Is.EqualTo(Admission.Accepted));
        AssertThatTheHonestAreThere();
    }

    private Transaction Pay(Address sender, ulong amount, ulong fee) => _world.Pay(sender, World.Carol, amount, fee);

    /// <summary>Submits transactions, none of which may get in, for one reason.</summary>
    private void Attack(IEnumerable<Transaction> transactions, BlockRule reason)
    {
        foreach (Transaction transaction in transactions)
        {
            _node.Log.Clear();
            Admission admission = _node.Submit(transaction, mayWait: true);
            if (admission.IsValid || admission.Verdict.Rule != reason) Assert.Fail(admission.ToString());
            if (_node.Of<NodeEffect.TransactionDropped>().Any()) Assert.Fail("something was dropped");
        }

        AssertThatTheHonestAreThere();
    }

    private void AssertThatTheHonestAreThere() =>
        Assert.That(_honestIds.Where(id => !_node.Core.IsPooled(id)), Is.Empty);
}
