using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>Seals, and what is final under them.</summary>
public sealed class AuthorityTests
{
    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    private HashedBlock Genesis => _forge.Genesis;

    [SetUp]
    public void CreateChain() => Use(World.UnderAuthority());

    [Test]
    [Covers(BlockRule.SealInvalid)]
    public void Seal_OfAnother_IsAFaultOfThatCopy()
    {
        HashedBlock honest = Next(Genesis);
        HashedBlock copy = _forge.Hash(Forge.With(honest.Block, seal: PlainSignatures.Sign(Bob, honest.Id.Value)));

        Assert.That(_node.Deliver(copy), Is.EqualTo(Verdict.Invalid(BlockRule.SealInvalid, Bob.Value, Alice.Value)));
        Assert.That(_node.Core.Find(copy.Id), Is.Null);
        Assert.That(_node.Deliver(honest), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(honest));
    }

    [TestCase(0)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(66)]
    [Covers(BlockRule.SealInvalid)]
    public void Seal_ThatIsNoSignature_IsAFaultOfThatCopy(int length)
    {
        HashedBlock honest = Next(Genesis);
        HashedBlock copy = _forge.Hash(Forge.With(honest.Block, seal: new byte[length]));
        _node.Deliver(copy);

        string found = length switch { 0 => "no seal", 65 => "NoSuchPoint", _ => "WrongLength" };
        string expected = length == 0 ? "the authority's signature" : "a valid signature";
        Assert.That(_node.LastVerdict(copy), Is.EqualTo(Verdict.Invalid(BlockRule.SealInvalid, found, expected)));
        Assert.That(_node.Deliver(honest), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(honest));
    }

    [Test]
    [Covers(BlockRule.ProofInvalid)]
    [Covers(BlockRule.TargetWrong)]
    public void Header_WithANonceOrATarget_IsRejected()
    {
        HashedBlock nonce = Next(Genesis, header => header with { Nonce = 1 });
        HashedBlock target = Next(Genesis, header => header with { Target = Bob.Value });

        Assert.That(_node.Deliver(nonce), Is.EqualTo(Verdict.Invalid(BlockRule.ProofInvalid, 1UL, 0UL)));
        Assert.That(_node.Deliver(target), Is.EqualTo(Verdict.Invalid(BlockRule.TargetWrong, Bob.Value, Hash256.Zero)));
    }

    [Test]
    public void Descendants_OfACopyWithABadSeal_AreWelcomeBehindAnHonestOne()
    {
        HashedBlock honest = Next(Genesis);
        HashedBlock child = Next(honest);
        HashedBlock copy = _forge.Hash(Forge.With(honest.Block, seal: new byte[65]));

        _node.StepOnce(new NodeInput.BlockArrived(copy));
        _node.StepOnce(new NodeInput.BlockArrived(child));
        _node.Settle();
        Assert.That(_node.LastVerdict(child), Is.EqualTo(Verdict.MissingParent(honest.Id)));

        _node.DeliverAll([honest, child]);
        Assert.That(_node.Core.Tip, Is.SameAs(child));
    }

    [Test]
    [Covers(BlockRule.ContradictsFinality)]
    public void Block_BesideAFinalOne_IsRejected()
    {
        HashedBlock first = Next(Genesis);
        HashedBlock second = Next(first);
        _node.DeliverAll([first, second]);

        Assert.That(
            _node.Deliver(Next(Genesis, header => header with { Timestamp = header.Timestamp.Plus(TimeSpan.FromSeconds(1)) })),
            Is.EqualTo(Verdict.Invalid(BlockRule.ContradictsFinality, 0UL, 2UL)));
        Assert.That(_node.Deliver(Next(second)), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.ContradictsFinality)]
    public void Branch_ThatIsHeavierThanAFinalBlock_IsRemovedWhenThatBecomesFinal()
    {
        HashedBlock first = Next(Genesis);
        HashedBlock rival = Next(Genesis, header => header with { Timestamp = header.Timestamp.Plus(TimeSpan.FromSeconds(1)) });
        HashedBlock onRival = Next(rival);

        // The rivals are proven when the first block is final already.
        foreach (HashedBlock block in (HashedBlock[])[first, rival, onRival]) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.Settle();

        Assert.That(_node.Core.Tip, Is.SameAs(first));
        Assert.That(_node.Of<NodeEffect.TipMoved>().SelectMany(moved => moved.Disconnected), Is.Empty);
        Assert.That(_node.LastVerdict(rival), Is.EqualTo(Verdict.Invalid(BlockRule.ContradictsFinality, 0UL, 1UL)));
        Assert.That(_node.LastVerdict(onRival).Rule, Is.EqualTo(BlockRule.ParentInvalid));
        Assert.That(_node.Deliver(Next(onRival)).Kind, Is.EqualTo(VerdictKind.Invalid).Or.EqualTo(VerdictKind.MissingParent));
        Assert.That(_node.Deliver(Next(first)), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(2));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Header_ThatWasCheckedBeforeItsParentWasExecuted_IsSealedByWhomTheExactStateNames(bool isHonest)
    {
        // Once Alice has paid something away it is Bob's turn; before that is known, the second header claims Alice's seal.
        Use(new World(ProfileOf(StandardFormat.Instance) with
        {
            Consensus = new StubSpec { FirstSealer = Alice, Sealer = state => state.BalanceOf(Alice) < 1_000 ? Bob : Alice },
        })
        { BlockWeight = Work.From(1) });
        HashedBlock first = _forge.Next(Genesis, [_world.Pay(Alice, Carol, 5)], seal: _forge.SealedBy(Alice));
        HashedBlock second = _forge.Next(first, seal: _forge.SealedBy(isHonest ? Bob : Alice));

        _node.StepOnce(new NodeInput.BlockArrived(first));
        _node.StepOnce(new NodeInput.BlockArrived(second));
        _node.Settle();

        Assert.That(_node.Core.Tip, Is.SameAs(isHonest ? second : first));
        Assert.That(_node.Core.Find(second.Id) is not null, Is.EqualTo(isHonest));
        Assert.That(
            _node.LastVerdict(second),
            Is.EqualTo(isHonest ? Verdict.Valid : Verdict.Invalid(BlockRule.SealInvalid, Alice.Value, Bob.Value)));
    }

    [Test]
    public void BadSeals_OnBlocksThatHaveLeftMemory_KeepNothingOfThemThere()
    {
        Use(new World(ProfileOf(StandardFormat.Instance) with { Consensus = new StubSpec { FirstSealer = Alice, Sealer = _ => Alice } }) { BlockWeight = Work.From(1) });
        _node = new ChainHarness(_world, limits: new ChainOptions { KeptBlocks = 4, MaxRecentBytes = 0 }, store: new MemoryChainStore());
        List<HashedBlock> chain = [Genesis];
        for (int i = 0; i < 20; i++) chain.Add(Next(chain[^1]));
        _node.DeliverAll(chain.Skip(1));
        int before = _node.Core.NodeCount;

        foreach (HashedBlock parent in chain.Take(12))
        {
            HashedBlock bad = _forge.Next(parent, miner: OtherMiner, seal: _forge.SealedBy(Bob));
            Assert.That(_node.Deliver(bad, new PeerId(1)).Rule, Is.EqualTo(BlockRule.SealInvalid));
        }

        Assert.That(_node.Core.NodeCount, Is.EqualTo(before));
    }

    [Test]
    public void Seals_ThatAreVerifiedTogether_AreNotTakenForEachOthers_WhenOneIsJudgedAnewMeanwhile()
    {
        HashedBlock invalid = Next(Genesis, header => header with { StateRoot = default });
        HashedBlock onInvalid = _forge.Next(invalid, seal: _forge.SealedBy(Bob));
        HashedBlock honest = _forge.Next(Genesis, miner: OtherMiner, seal: _forge.SealedBy(Alice));
        foreach (HashedBlock block in (HashedBlock[])[invalid, onInvalid, honest]) _node.StepOnce(new NodeInput.BlockArrived(block));

        // The first one is proven, executed and refused; behind it the second is given up while its seal is with the third one's.
        Assert.That(_node.AnswerOne<NodeEffect.VerifySignatures>(), Is.Not.Null);
        Assert.That(_node.AnswerOne<NodeEffect.Continue>(), Is.Not.Null);
        _node.Settle();

        Assert.That(_node.LastVerdict(invalid).Rule, Is.EqualTo(BlockRule.StateRootMismatch));
        Assert.That(_node.LastVerdict(onInvalid).Rule, Is.EqualTo(BlockRule.ParentInvalid));
        Assert.That(_node.LastVerdict(honest), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(honest));
    }

    private HashedBlock Next(HashedBlock parent, Func<BlockHeader, BlockHeader>? change = null) =>
        _forge.Next(parent, change: change, seal: _forge.SealedBy(Alice));

    private void Use(World world)
    {
        _world = world;
        _forge = new Forge(world);
        _node = new ChainHarness(world);
    }
}
