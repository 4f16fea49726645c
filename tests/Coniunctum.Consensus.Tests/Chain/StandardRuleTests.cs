using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>The rules of what only the standard format's blocks carry: time, ruleset, seal and certificate.</summary>
public sealed class StandardRuleTests
{
    private const ulong TwoHours = 7_200_000;

    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    private HashedBlock Genesis => _forge.Genesis;

    [SetUp]
    public void CreateChain() => Use(new World(StandardFormat.Instance));

    [Test]
    [Covers(BlockRule.RulesetWrong)]
    public void Block_UnderAnotherRuleset_IsRejected()
    {
        Use(new World(ProfileOf(StandardFormat.Instance) with { Upgrades = [new(2, 3)] }));
        HashedBlock first = _forge.Next(Genesis);
        Assert.That(_node.Deliver(_forge.Next(Genesis, change: header => header with { Ruleset = 3 })),
            Is.EqualTo(Verdict.Invalid(BlockRule.RulesetWrong, 3UL, 0UL)));
        Assert.That(_node.Deliver(first), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Deliver(_forge.Next(first, change: header => header with { Ruleset = 0 })),
            Is.EqualTo(Verdict.Invalid(BlockRule.RulesetWrong, 0UL, 3UL)));
        Assert.That(_node.Deliver(_forge.Next(first)), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.TimestampTooOld)]
    public void Block_NotLaterThanTheMedianOfEleven_IsRejected()
    {
        // Genesis at 1,000,000 ms and a block every second: of the eleven before height 13 the middle one is that of height 7.
        List<HashedBlock> chain = _forge.Chain(Genesis, 12);
        _node.DeliverAll(chain);
        const ulong median = 1_007_000;

        Assert.That(_node.Deliver(At(chain[^1], median)), Is.EqualTo(Verdict.Invalid(BlockRule.TimestampTooOld, median, median + 1)));
        Assert.That(_node.Deliver(At(chain[^1], median + 1)), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.TimestampTooOld)]
    public void Block_BehindFewAncestors_IsMeasuredByThemAll()
    {
        HashedBlock first = _forge.Next(Genesis);
        _node.Deliver(first);

        // Of two the upper one is the middle.
        Assert.That(_node.Deliver(At(first, 1_001_000)), Is.EqualTo(Verdict.Invalid(BlockRule.TimestampTooOld, 1_001_000UL, 1_001_001UL)));
        Assert.That(_node.Deliver(At(first, 1_001_001)), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.TimestampTooNew)]
    public void Block_FarAheadOfTheClock_IsDeferredAndAcceptedWhenItsTimeComes()
    {
        ulong now = _node.Now.UnixMilliseconds;
        HashedBlock atLimit = At(Genesis, now + TwoHours);
        HashedBlock ahead = At(Genesis, now + TwoHours + 5);

        Verdict verdict = _node.Deliver(ahead);
        Assert.That(verdict, Is.EqualTo(Verdict.Defer(BlockRule.TimestampTooNew, new Timestamp(now + TwoHours + 5), new Timestamp(now + 5))));
        Assert.That(_node.Core.Find(ahead.Id), Is.Null);
        Assert.That(_node.Deliver(atLimit), Is.EqualTo(Verdict.Valid));

        _node.Now = new Timestamp(verdict.Until.UnixMilliseconds - 1);
        Assert.That(_node.Deliver(ahead).Kind, Is.EqualTo(VerdictKind.Deferred));
        _node.Now = verdict.Until;
        Assert.That(_node.Deliver(ahead), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void Block_AheadOfTheClock_WithABodyThatIsNotItsOwn_IsNotKept()
    {
        HashedBlock ahead = At(Genesis, _node.Now.UnixMilliseconds + TwoHours + 5, [_world.Pay(Alice, Bob, 1)]);
        HashedBlock copy = _forge.Hash(Forge.With(ahead.Block, transactions: [ahead.Block.Transactions[0]]));

        Assert.That(copy.Id, Is.EqualTo(ahead.Id));
        Assert.That(_node.Deliver(copy).Rule, Is.EqualTo(BlockRule.MerkleRootMismatch));
        Assert.That(_node.Deliver(ahead).Kind, Is.EqualTo(VerdictKind.Deferred));
    }

    [Test]
    [Covers(BlockRule.SealInvalid)]
    public void Block_WithASealUnderProofOfWork_IsAFaultOfThatCopy()
    {
        HashedBlock honest = _forge.Next(Genesis);
        HashedBlock copy = _forge.Hash(Forge.With(honest.Block, seal: [1, 2, 3]));

        Assert.That(_node.Deliver(copy), Is.EqualTo(Verdict.Invalid(BlockRule.SealInvalid, 3UL, "no seal")));
        Assert.That(_node.Deliver(honest), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.CertificateInvalid)]
    public void Block_WithACertificateWhereNothingIsFinal_IsAFaultOfThatCopy()
    {
        HashedBlock honest = _forge.Next(Genesis);
        HashedBlock copy = _forge.Hash(Forge.With(honest.Block, certificate: [1, 2]));

        Assert.That(_node.Deliver(copy), Is.EqualTo(Verdict.Invalid(BlockRule.CertificateInvalid, 2UL, "no certificate")));
        Assert.That(_node.Deliver(honest), Is.EqualTo(Verdict.Valid));
    }

    private HashedBlock At(HashedBlock parent, ulong milliseconds, Transaction[]? transactions = null) =>
        _forge.Next(parent, transactions, change: header => header with { Timestamp = new Timestamp(milliseconds) });

    private void Use(World world)
    {
        _world = world;
        _forge = new Forge(world);
        _node = new ChainHarness(world);
    }
}
