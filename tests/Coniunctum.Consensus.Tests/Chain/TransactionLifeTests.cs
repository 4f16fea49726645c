using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>What the effects tell of one transaction is its whole life.</summary>
public sealed class TransactionLifeTests
{
    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateChain()
    {
        _world = new World(StandardFormat.Instance);
        _forge = new Forge(_world);
        _node = new ChainHarness(_world);
    }

    [Test]
    public void Life_PooledConfirmedDisconnectedBackAndConfirmedAgain()
    {
        Transaction payment = _world.Pay(Alice, Carol, 5);
        _node.Submit(payment);
        HashedBlock lost = _forge.Next(_forge.Genesis, [payment]);
        List<HashedBlock> won = _forge.Chain(_forge.Genesis, 2, OtherMiner);
        _node.DeliverAll([lost, .. won, _forge.Next(won[^1], [payment])]);

        Assert.That(LifeOf(payment), Is.EqualTo(new[] { "Outside to Ready", "confirmed", "Block to Ready", "disconnected", "confirmed" }));
    }

    [Test]
    public void Life_WaitingPromotedHeldBackAndDropped()
    {
        Transaction payment = _world.Pay(Carol, Bob, 50, validUntil: 5);
        _node.Submit(payment, mayWait: true);
        HashedBlock first = _forge.Next(_forge.Genesis, [_world.Pay(Alice, Carol, 60)]);
        HashedBlock second = _forge.Next(first, [_world.Pay(Carol, Alice, 20)]);
        _node.DeliverAll([first, second, .. _forge.Chain(second, 3)]);

        Assert.That(LifeOf(payment), Is.EqualTo(new[] { "Outside to Waiting: BalanceInsufficient", "Waiting to Ready", "Ready to Waiting: BalanceInsufficient", "Expired" }));
    }

    [Test]
    public void Life_ConfirmedInTwoBranches_NeverComesBack()
    {
        Transaction payment = _world.Pay(Alice, Carol, 5);
        _node.Submit(payment);
        HashedBlock lost = _forge.Next(_forge.Genesis, [payment]);
        HashedBlock won = _forge.Next(_forge.Genesis, [payment], OtherMiner);
        _node.DeliverAll([lost, won, _forge.Next(won)]);

        Assert.That(LifeOf(payment), Is.EqualTo(new[] { "Outside to Ready", "confirmed", "disconnected", "confirmed" }));
    }

    [Test]
    public void Life_ReplacedOrInConflict_NamesTheOther()
    {
        Transaction first = _world.Pay(Alice, Carol, 5);
        Transaction second = _world.Pay(Alice, Carol, 5, fee: 400, tag: first.Tag);
        Transaction third = _world.Pay(Alice, Carol, 7, tag: first.Tag);
        _node.Submit(first);
        _node.Submit(second);
        _node.DeliverAll([_forge.Next(_forge.Genesis, [third])]);

        Assert.That(LifeOf(first), Is.EqualTo(new[] { "Outside to Ready", $"Replaced by {_world.IdOf(second)}" }));
        Assert.That(LifeOf(second), Is.EqualTo(new[] { "Outside to Ready", $"Conflicting by {_world.IdOf(third)}" }));
        Assert.That(LifeOf(third), Is.EqualTo(new[] { "confirmed" }));
    }

    [Test]
    public void Life_Evicted()
    {
        Transaction cheap = _world.Pay(Alice, Carol, 5);
        Transaction dear = _world.Pay(Bob, Carol, 5, fee: 9);
        _node = new ChainHarness(_world, new PoolOptions { MaxBytes = _world.Hash(dear).Size });
        _node.Submit(cheap);
        _node.Submit(dear);

        Assert.That(LifeOf(cheap), Is.EqualTo(new[] { "Outside to Ready", "PoolFull" }));
        Assert.That(LifeOf(dear), Is.EqualTo(new[] { "Outside to Ready" }));
    }

    [Test]
    public void Life_OfWhatWasNeverTaken_IsEmpty()
    {
        Transaction unfunded = _world.Pay(Carol, Bob, 50);
        _node.Submit(unfunded);

        Assert.That(LifeOf(unfunded), Is.Empty);
        Assert.That(_node.Of<NodeEffect.TransactionJudged>().Single().Admission.Rule, Is.EqualTo(PoolRule.None));
    }

    private string[] LifeOf(Transaction transaction)
    {
        TransactionId id = _world.IdOf(transaction);
        return
        [
            .. _node.Log.SelectMany(effect => effect switch
            {
                NodeEffect.TransactionMoved moved when moved.Transaction.Id == id =>
                    [$"{moved.From} to {moved.To}{(moved.Admission.IsWaiting ? $": {moved.Admission.RuleName}" : "")}"],
                NodeEffect.TransactionDropped dropped when dropped.Transaction.Id == id =>
                    [$"{dropped.Admission.Rule}{(dropped.ReplacedBy is { } by ? $" by {by}" : "")}"],
                NodeEffect.TipMoved moved =>
                    [
                        .. moved.Disconnected.Where(block => Holds(block, id)).Select(_ => "disconnected"),
                        .. moved.Connected.Where(block => Holds(block, id)).Select(_ => "confirmed"),
                    ],
                _ => Array.Empty<string>(),
            }),
        ];
    }

    private static bool Holds(HashedBlock block, TransactionId id) => block.Transactions.Any(transaction => transaction.Id == id);
}
