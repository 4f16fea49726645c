using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class MempoolAdmissionTests(IBlockFormat format)
{
    private World _world = null!;
    private ChainHarness _node = null!;
    private long _tickets;

    [SetUp]
    public void CreateChain()
    {
        _world = new World(format);
        _node = new ChainHarness(_world, new PoolOptions { MaxUnverified = 4 });
        _tickets = 0;
    }

    [Test]
    public void Transactions_ThatArriveDuringABatch_GatherForTheNext()
    {
        for (ulong i = 1; i <= 4; i++) Arrive(_world.Pay(Alice, Carol, i));
        Assert.That(Batches(), Is.EqualTo(new[] { 1 }), "the first goes at once");

        _node.AnswerOne();
        Assert.That(Batches(), Is.EqualTo(new[] { 1, 3 }), "the others go together");
        _node.Settle();
        Assert.That(_node.Core.PoolCount, Is.EqualTo(4));
        Assert.That(_node.Of<NodeEffect.TransactionJudged>().Select(judged => judged.Ticket), Is.EqualTo(new[] { 1L, 2, 3, 4 }));
    }

    [Test]
    public void Transactions_BeyondTheLimit_MeetABusyNode()
    {
        Transaction refused = _world.Pay(Alice, Carol, 9);
        for (ulong i = 1; i <= 4; i++) Arrive(_world.Pay(Alice, Carol, i));
        Arrive(refused);
        Assert.That(Judged(5), Is.EqualTo(Admission.Refused(PoolRule.Busy)));

        _node.Settle();
        Assert.That(_node.Submit(refused), Is.EqualTo(Admission.Accepted));
    }

    [Test]
    public void SameTransaction_TwiceAtOnce_IsVerifiedOnceAndAnsweredTwice()
    {
        Transaction payment = _world.Pay(Alice, Carol, 1);
        Arrive(payment);
        Arrive(payment);
        _node.Settle();

        Assert.That(Batches(), Is.EqualTo(new[] { 1 }));
        Assert.That(Judged(1), Is.EqualTo(Admission.Accepted));
        Assert.That(Judged(2), Is.EqualTo(Admission.Refused(PoolRule.AlreadyKnown)));
    }

    [Test]
    public void SameBadTransaction_TwiceAtOnce_IsRefusedTwice()
    {
        Transaction payment = Missign(_world.Pay(Alice, Carol, 1));
        Arrive(payment);
        Arrive(payment);
        _node.Settle();

        Assert.That(Judged(1).Verdict.Rule, Is.EqualTo(BlockRule.SignatureInvalid));
        Assert.That(Judged(2), Is.EqualTo(Judged(1)), "it is not known: it is wrong");
    }

    [Test]
    public void BadCopy_DoesNotKeepTheHonestOneOut()
    {
        Transaction payment = _world.Pay(Alice, Carol, 1);
        Arrive(Missign(payment));
        Arrive(payment);
        _node.Settle();

        Assert.That(Judged(1).Verdict.Rule, Is.EqualTo(BlockRule.SignatureInvalid));
        Assert.That(Judged(2), Is.EqualTo(Admission.Accepted));
    }

    [Test]
    public void Tip_ThatMovesDuringABatch_IsTheOneThatCounts()
    {
        var forge = new Forge(_world);
        Transaction payment = _world.Pay(Alice, Carol, 900);
        Arrive(payment);
        _node.StepOnce(new NodeInput.BlockArrived(forge.Next(forge.Genesis, [_world.Pay(Alice, Bob, 200)])));
        // The block's signatures are answered first, then the transaction's.
        var open = _node.Of<NodeEffect.VerifySignatures>().ToArray();
        foreach (NodeEffect.VerifySignatures verify in open.Reverse())
            _node.StepOnce(new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(_world.Profile.Signatures, verify.Claims.AsSpan())));

        Assert.That(Judged(1), Is.EqualTo(Admission.Invalid(Verdict.Invalid(BlockRule.BalanceInsufficient, 800UL, 900UL))));
    }

    [Test]
    public void PooledTransaction_IsNotVerifiedAgainInABlock()
    {
        var forge = new Forge(_world);
        Transaction payment = _world.Pay(Alice, Carol, 5);
        _node.Submit(payment);
        int before = Batches().Count();

        Assert.That(_node.Deliver(forge.Next(forge.Genesis, [payment])), Is.EqualTo(Verdict.Valid));
        Assert.That(Batches().Count(), Is.EqualTo(before));
        Assert.That(_node.Core.State.BalanceOf(Carol), Is.EqualTo(5));
        Assert.That(_node.Core.PoolCount, Is.Zero);
    }

    [Test]
    public void Transactions_WithoutABalance_TakeAQuarterOfTheDeskAtMost()
    {
        // They cost their senders nothing: those who can pay are verified all the same.
        Arrive(_world.Pay(Carol, Bob, 1), mayWait: true);
        Arrive(_world.Pay(Carol, Bob, 2), mayWait: true);
        Arrive(_world.Pay(Alice, Bob, 3));
        _node.Settle();

        Assert.That(Judged(1).IsWaiting, Is.True);
        Assert.That(Judged(2), Is.EqualTo(Admission.Refused(PoolRule.Busy)));
        Assert.That(Judged(3), Is.EqualTo(Admission.Accepted));
    }

    [Test]
    public void Transaction_ThatWouldWait_IsVerifiedFirst()
    {
        Arrive(Missign(_world.Pay(Carol, Bob, 1)), mayWait: true);
        _node.Settle();

        Assert.That(Judged(1).Verdict.Rule, Is.EqualTo(BlockRule.SignatureInvalid), "nobody waits in another's name");
        Assert.That(_node.Core.WaitingCount, Is.Zero);
    }

    [Test]
    public void SavedPool_IsVerifiedInBatches_BesideWhatArrives()
    {
        Use(new GenesisSpec { Timestamp = _world.Profile.Genesis.Timestamp, Allocations = [new(Alice, 100_000), new(Bob, 500)] });
        Transaction[] saved = [.. Enumerable.Range(1, 900).Select(i => _world.Pay(Alice, Carol, ((ulong)i % 7) + 1))];
        Transaction unfunded = _world.Pay(Alice, Carol, 1_000_000);
        Transaction forged = Missign(_world.Pay(Bob, Carol, 1));
        Transaction arriving = _world.Pay(Bob, Carol, 2);
        var fresh = new ChainHarness(_world);
        foreach (Transaction payment in saved.Append(unfunded)) fresh.Submit(payment, mayWait: true);
        ImmutableArray<HashedTransaction> pool = fresh.Core.PooledTransactions();

        _node.StepOnce(new NodeInput.PoolRestored([.. pool, _world.Hash(forged), _world.Hash(_world.Pay(Carol, Alice, 0))]));
        Arrive(arriving);
        _node.Settle();

        Assert.That(Batches().First(), Is.EqualTo(512));
        Assert.That(Batches().Sum(), Is.EqualTo(903), "each once");
        Assert.That(_node.Core.PooledTransactions().Except(pool).Select(transaction => transaction.Id), Is.EqualTo(new[] { _world.IdOf(arriving) }));
        Assert.That(_node.Core.PlaceOf(_world.IdOf(unfunded)), Is.EqualTo(PoolStatus.Waiting), "as it did before");
        Assert.That(_node.Of<NodeEffect.TransactionMoved>().Count(moved => moved.From == PoolStatus.Saved), Is.EqualTo(901));
        Assert.That(
            _node.Of<NodeEffect.TransactionDropped>().Select(drop => drop.Admission.Verdict.Rule),
            Is.EquivalentTo(new[] { BlockRule.SignatureInvalid, BlockRule.AmountOutOfRange }));
        Assert.That(_node.Of<NodeEffect.TransactionJudged>().Single().Admission, Is.EqualTo(Admission.Accepted));
    }

    private void Arrive(Transaction transaction, bool mayWait = false) =>
        _node.StepOnce(new NodeInput.TransactionArrived(++_tickets, _world.Hash(transaction), mayWait));

    private void Use(GenesisSpec genesis)
    {
        _world = new World(_world.Profile with { Genesis = genesis });
        _node = new ChainHarness(_world, new PoolOptions { MaxUnverified = 4 });
    }

    private Admission Judged(long ticket) => _node.Of<NodeEffect.TransactionJudged>().Single(judged => judged.Ticket == ticket).Admission;

    private IEnumerable<int> Batches() => _node.Of<NodeEffect.VerifySignatures>().Select(verify => verify.Claims.Length);
}
