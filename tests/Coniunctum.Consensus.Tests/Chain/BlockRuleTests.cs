using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>Blocks that break one rule each on the way into the chain, under every format; the same block without the fault is valid.</summary>
[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class BlockRuleTests(IBlockFormat format)
{
    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    private HashedBlock Genesis => _forge.Genesis;

    private Hash256 Target => _world.Profile.Consensus.GenesisTarget;

    [SetUp]
    public void CreateChain() => Use(new World(format));

    [Test]
    [Covers(BlockRule.ProofInvalid)]
    public void Block_WhoseDigestIsNotBelowTheTarget_IsRejected()
    {
        HashedBlock block = _forge.Next(Genesis, seal: SearchWorst);

        AssertRejected(block, Verdict.Invalid(BlockRule.ProofInvalid, block.Id.Value, Target));
        Assert.That(_node.Deliver(_forge.Search(block.Block)), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.TargetWrong)]
    public void Block_WithAnotherTarget_IsRejected()
    {
        Hash256 harder = ProofOfWork.TargetFor(4);
        HashedBlock block = _forge.Next(Genesis, change: header => header with { Target = harder });

        AssertRejected(block, Verdict.Invalid(BlockRule.TargetWrong, harder, Target));
    }

    [Test]
    [Covers(BlockRule.PreviousUnknown)]
    public void Block_BeforeItsParent_WaitsForIt()
    {
        HashedBlock parent = _forge.Next(Genesis);
        HashedBlock child = _forge.Next(parent);

        Assert.That(_node.Deliver(child), Is.EqualTo(Verdict.MissingParent(parent.Id)));
        Assert.That(_node.Deliver(parent), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Deliver(child), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(child));
    }

    [TestCase(0UL)]
    [TestCase(2UL)]
    [TestCase(ulong.MaxValue)]
    [Covers(BlockRule.HeightWrong)]
    public void Block_OfAnotherHeight_IsRejected(ulong height)
    {
        HashedBlock block = _forge.Next(Genesis, change: header => header with { Height = height });

        AssertRejected(block, Verdict.Invalid(BlockRule.HeightWrong, height, 1UL));
    }

    [Test]
    [Covers(BlockRule.ParentInvalid)]
    public void Block_BehindAnInvalidOne_IsRejected()
    {
        HashedBlock invalid = _forge.Next(Genesis, [_world.Pay(Carol, Bob, 1)]);
        HashedBlock child = _forge.Next(invalid);
        _node.Deliver(invalid);

        AssertRejected(child, Verdict.Invalid(BlockRule.ParentInvalid, invalid.Id.Value, "a parent that is valid"));
    }

    [Test]
    [Covers(BlockRule.SignatureInvalid)]
    public void Block_WithATransactionThatNobodySigned_IsInvalidForEver()
    {
        Transaction payment = _world.Pay(Alice, Carol, 5);
        HashedBlock block = _forge.Next(Genesis, [_world.Pay(Bob, Carol, 5), Missign(payment)]);

        AssertDiscarded(block, Verdict.Invalid(BlockRule.SignatureInvalid, "NoSuchPoint", "a valid signature").At(2));
        Assert.That(_node.Deliver(_forge.Next(Genesis, [payment])), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.SignatureInvalid)]
    public void Block_WithATransactionThatAnotherSigned_IsInvalid()
    {
        Transaction payment = _world.Pay(Alice, Carol, 5);
        Transaction stolen = payment.WithSignature(PlainSignatures.Sign(Bob, _world.IdOf(payment).Value));

        AssertDiscarded(
            _forge.Next(Genesis, [stolen]), Verdict.Invalid(BlockRule.SignatureInvalid, Bob.Value, Alice.Value).At(1));
    }

    [Test]
    [Covers(BlockRule.SignatureInvalid)]
    public void Block_WithABadCopyOfAPooledTransaction_IsInvalid()
    {
        // The pool has verified the honest one; what it knows is of no use to the copy.
        Transaction payment = _world.Pay(Alice, Carol, 5);
        Assert.That(_node.Submit(payment).IsValid);

        AssertDiscarded(
            _forge.Next(Genesis, [Missign(payment)]),
            Verdict.Invalid(BlockRule.SignatureInvalid, "NoSuchPoint", "a valid signature").At(1));
        Assert.That(_node.Core.IsPooled(_world.IdOf(payment)), Is.True);
    }

    [Test]
    [Covers(BlockRule.BalanceInsufficient)]
    public void Block_WhoseSenderCannotPay_IsInvalidOnceItIsExecuted()
    {
        // Carol could pay after the second transaction, but she comes before it.
        HashedBlock block = _forge.Next(Genesis, [_world.Pay(Carol, Bob, 5), _world.Pay(Alice, Carol, 5)]);

        AssertDiscarded(block, Verdict.Invalid(BlockRule.BalanceInsufficient, 0UL, 5UL).At(1));
    }

    [Test]
    [Covers(BlockRule.TagReused)]
    public void Block_ThatSpendsTwice_IsInvalidWhereverTheOtherSpendIs()
    {
        Transaction spend = _world.Pay(Alice, Carol, 600);
        Verdict expected = Verdict.Invalid(BlockRule.TagReused, spend.Tag.Value, "a tag that the sender has not used");
        HashedBlock first = _forge.Next(Genesis, [spend]);

        AssertDiscarded(_forge.Next(Genesis, [spend, spend]), expected.At(2));
        Assert.That(_node.Deliver(first), Is.EqualTo(Verdict.Valid));
        AssertDiscarded(_forge.Next(first, [spend]), expected.At(1));
        AssertDiscarded(_forge.Next(first, [_world.Pay(Alice, Bob, 1, tag: spend.Tag)]), expected.At(1));

        // On a branch that does not hold it the same spend is the first one.
        HashedBlock other = _forge.Next(Genesis, miner: OtherMiner);
        HashedBlock again = _forge.Next(other, [spend], OtherMiner);
        Assert.That(_node.Deliver(other), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Deliver(again), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(again));
        Assert.That(_node.Core.State.BalanceOf(Carol), Is.EqualTo(600));
        Assert.That(_node.Core.State.Supply, Is.EqualTo(1_500 + (2 * 50)));
    }

    [Test]
    [Covers(BlockRule.Overflow)]
    public void Chain_WhoseWeightDoesNotFit_IsRejected()
    {
        byte[] half = new byte[32];
        half[0] = 0x80;
        var spec = new StubSpec { BlockWeight = Work.FromBytes(new Hash256(half)) };
        Use(new World(ProfileOf(format) with { Consensus = spec }) { BlockWeight = spec.BlockWeight });
        HashedBlock first = _forge.Next(Genesis);
        Assert.That(_node.Deliver(first), Is.EqualTo(Verdict.Valid));

        AssertRejected(_forge.Next(first), Verdict.Invalid(BlockRule.Overflow, new Hash256(half), "a chain's weight below 2^256"));
    }

    [Test]
    public void Block_ThatIsKnown_IsValidAgain()
    {
        HashedBlock block = _forge.Next(Genesis);
        _node.Deliver(block);

        Assert.That(_node.Deliver(_forge.Hash(block.Block)), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Deliver(Genesis), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(block));
    }

    [Test]
    public void Refusals_ThatCostNothing_DoNotPushOutThoseThatDo()
    {
        HashedBlock invalid = _forge.Next(Genesis, [_world.Pay(Carol, Bob, 1)]);
        _node.Deliver(invalid);
        Block free = _forge.Next(Genesis).Block;
        for (ulong i = 0; i < 10_001; i++)
            _node.Deliver(_forge.Hash(Forge.With(free, free.Header with { Height = 7, Nonce = i })));

        Assert.That(_node.Deliver(invalid).Rule, Is.EqualTo(BlockRule.BalanceInsufficient), "moved at once, without executing it again");
    }

    private HashedBlock SearchWorst(Block block)
    {
        BlockHeader header = block.Header;
        while (format.Digest(header) < Target) header = header with { Nonce = header.Nonce + 1 };
        return _forge.Hash(Forge.With(block, header));
    }

    private void Use(World world)
    {
        _world = world;
        _forge = new Forge(world);
        _node = new ChainHarness(world);
    }

    /// <summary>Refused at submission: it never joins the tree.</summary>
    private void AssertRejected(HashedBlock block, Verdict expected)
    {
        string before = _node.Snapshot;
        Assert.That(_node.Deliver(block), Is.EqualTo(expected));
        Assert.That(_node.Core.Find(block.Id), Is.Null);
        Assert.That(_node.Snapshot, Is.EqualTo(before));
    }

    /// <summary>Found out when its turn came: removed again, and remembered.</summary>
    private void AssertDiscarded(HashedBlock block, Verdict expected)
    {
        string before = _node.Snapshot;
        Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.LastVerdict(block), Is.EqualTo(expected));
        Assert.That(_node.Core.Find(block.Id), Is.Null);
        Assert.That(_node.Snapshot, Is.EqualTo(before));
        Assert.That(_node.Deliver(block), Is.EqualTo(expected), "it is remembered");
    }
}
