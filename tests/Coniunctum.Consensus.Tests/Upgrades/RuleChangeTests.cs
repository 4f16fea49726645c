using Coniunctum.Authority;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Upgrades;

/// <summary>Proof-of-work up to height 3, then two signers.</summary>
public sealed class RuleChangeTests
{
    private const ulong Height = 3;
    private const ushort Ruleset = 2;

    // A block of it weighs 3, so that a unit is not 1 by chance.
    private static readonly Target s_target = ProofOfWork.TargetFor(4);
    private static readonly ProofOfWork s_work = new(s_target);
    private static readonly ProofOfAuthority s_authority = new([Alice, Bob], TimeSpan.FromSeconds(1));

    private static readonly Work s_unit = Work.FromTarget(s_target.Value);

    private World _world = null!;
    private Forge _forge = null!;

    private HashedBlock Genesis => _forge.Genesis;

    [SetUp]
    public void CreateChain()
    {
        _world = new World(ProfileOf(StandardFormat.Instance) with
        {
            Consensus = new RuleChange(s_work, Height, s_authority),
            Upgrades = [new(Height, Ruleset)],
        })
        { WeightAt = height => height <= Height ? s_unit : Sum(s_unit, 1) };
        _forge = new Forge(_world);
    }

    [Test]
    public void ChainId_IsTheSameWithoutTheUpgrade() => Assert.That(_world.ChainId, Is.EqualTo(PlainWorld().ChainId));

    [Test]
    public void New_WithImpossibleHeights_Throws()
    {
        var change = new RuleChange(s_work, 5, s_authority);
        Assert.That(() => new RuleChange(s_work, 0, s_authority), Throws.ArgumentException.With.Message.Contains("Genesis is not handed over"));
        Assert.That(() => new RuleChange(change, 5, s_work), Throws.ArgumentException.With.Message.Contains("must come after"));
        Assert.That(() => new RuleChange(s_work, 3, change), Throws.ArgumentException.With.Message.Contains("as their first rule"));
        ChainProfile without = ProfileOf(StandardFormat.Instance) with { Consensus = change };
        Assert.That(() => change.Build(without, default), Throws.ArgumentException.With.Message.Contains("names no upgrade"));
    }

    [Test]
    public void Chain_GoesOnUnderTheOtherRule_AndItsBlocksCountByTheWorkOfTheHandover()
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> work = _forge.Chain(Genesis, (int)Height);
        node.DeliverAll(work);
        Work before = node.Core.ChainWeight;
        HashedBlock first = Next(work[^1], Alice);
        HashedBlock second = Next(first, Bob);
        node.DeliverAll([first, second]);

        Assert.That(work.Select(block => block.Header.Ruleset), Is.EqualTo(new[] { 0, 0, Ruleset }));
        Assert.That(first.Header.Ruleset, Is.EqualTo(Ruleset));
        Assert.That(node.Core.Tip, Is.SameAs(second));
        // Both in turn, and so two units each: Alice is the first of two, and height 4 is even.
        Assert.That(node.Core.ChainWeight, Is.EqualTo(Sum(before, 4)));
    }

    [Test]
    public void Block_OfTheRuleThatIsNotInForce_IsRejected()
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> work = _forge.Chain(Genesis, (int)Height);
        node.DeliverAll(work[..^1]);
        HashedBlock tooSoon = _forge.Next(work[^2], change: header => header with { Target = default }, seal: _forge.SealedBy(Alice));
        Assert.That(node.Deliver(tooSoon).Rule, Is.EqualTo(BlockRule.TargetWrong));
        node.DeliverAll(work[^1..]);
        HashedBlock tooLate = _forge.Next(work[^1]);
        Assert.That(node.Deliver(tooLate).IsValid, Is.False);
    }

    [Test]
    public void Branch_WithoutTheSigners_LosesToOneSignedBlock()
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> work = _forge.Chain(Genesis, (int)Height);
        node.DeliverAll(work);
        HashedBlock first = Next(work[^1], Alice);
        node.DeliverAll([first]);
        List<HashedBlock> rival = _forge.Chain(Genesis, (int)Height, OtherMiner);
        node.DeliverAll(rival);
        Assert.That(node.Core.Tip, Is.SameAs(first));
    }

    [Test]
    public void Store_WrittenBeforeTheUpgrade_IsReadBehindIt()
    {
        var old = PlainWorld();
        var store = new MemoryChainStore();
        var node = new ChainHarness(old, limits: new ChainOptions { KeptBlocks = 1, MaxRecentBytes = 0 }, store: store);
        List<HashedBlock> work = _forge.Chain(Genesis, (int)Height);
        node.DeliverAll(work[..^1]);

        var upgraded = new ChainHarness(_world, limits: new ChainOptions { KeptBlocks = 1, MaxRecentBytes = 0 }, store: store);
        foreach (HashedBlock block in work[..^1]) upgraded.Core.ReplayByExecution(block);
        HashedBlock first = Next(work[^1], Alice);
        upgraded.DeliverAll([work[^1], first, Next(first, Bob)]);
        Assert.That(upgraded.Core.Tip.Header.Height, Is.EqualTo(Height + 2));

        ChainHarness again = upgraded.Restart(Height + 1);
        Assert.That(again.Core.Tip, Is.EqualTo(upgraded.Core.Tip).Using<HashedBlock>((a, b) => a.Id == b.Id));
        Assert.That(again.Core.TipState, Is.EqualTo(upgraded.Core.TipState));
        Assert.That(again.Core.ChainWeight, Is.EqualTo(upgraded.Core.ChainWeight));
    }

    [Test]
    public void Node_ThatLacksTheUpgrade_GoesOnByTheKnownRules_AndWarns()
    {
        var node = new ChainHarness(PlainWorld());
        List<HashedBlock> work = _forge.Chain(Genesis, (int)Height);
        HashedBlock signed = Next(work[^1], Alice);
        Assert.That(node.Deliver(signed).Kind, Is.EqualTo(VerdictKind.MissingParent), "it has to be asked for what lies between");
        node.DeliverAll(work[..^1]);
        Assert.That(node.Deliver(work[^1]), Is.EqualTo(Verdict.RefusedByPolicy("ruleset 2", "rulesets up to 0")));
        Assert.That(node.Core.UnknownRuleset, Is.EqualTo(new UnknownRuleset(Ruleset, Height - 1, work[^1].Id, Sum(default, 3), Sum(default, 100), UpgradeStop.None)));
        Assert.That(node.Of<NodeEffect.UnknownRulesetNoted>().Single().Noted, Is.EqualTo(node.Core.UnknownRuleset));
        Assert.That(node.Of<NodeEffect.Halted>(), Is.Empty);

        // What the other rule makes behind the hand-over is nothing that the known one can judge, and is asked for once only.
        Assert.That(node.Deliver(signed).Rule, Is.EqualTo(BlockRule.TargetWrong));
        Assert.That(node.Deliver(Next(signed, Bob)), Is.EqualTo(Verdict.Invalid(BlockRule.ParentInvalid, signed.Id.Value, "a parent that is valid")));
        HashedBlock own = _forge.Next(work[^2], change: header => header with { Ruleset = 0 });
        Assert.That(node.Deliver(own), Is.EqualTo(Verdict.Valid));
        Assert.That(node.Core.Tip, Is.SameAs(own));
    }

    [Test]
    public void Build_WhereTheLongestChainWins_IsRefused()
    {
        var longest = new ProofOfWork(ProofOfWork.TargetFor(2)) { ForkChoice = ForkChoiceRule.Longest };
        ChainProfile profile = _world.Profile with { Consensus = new RuleChange(longest, Height, s_authority) };
        Assert.That(() => ((ConsensusSpec)profile.Consensus).Build(profile, default), Throws.ArgumentException.With.Message.Contains("no hand-over"));
    }

    [Test]
    public void ReadState_OfBytesThatNobodyWrote_IsTheFirstRulesAffair()
    {
        var change = new RuleChange(s_work, Height, s_authority);
        Assert.That(change.ReadState(default), Is.EqualTo(RuleState.None));
        var state = new ChangedState(Height, Work.From(7), new SignerState([Alice]));
        Assert.That(change.ReadState(state.Encode()), Is.EqualTo(state));
        Assert.That(() => new RuleChange(s_work, Height + 1, s_authority).ReadState(state.Encode()), Throws.TypeOf<InvalidDataException>());
    }

    /// <summary>The chain without the upgrade.</summary>
    private static World PlainWorld() => new(ProfileOf(StandardFormat.Instance) with { Consensus = s_work }) { BlockWeight = s_unit };

    private static Work Sum(Work chain, ulong units)
    {
        for (ulong i = 0; i < units; i++) Work.TryAdd(chain, s_unit, out chain);
        return chain;
    }

    private HashedBlock Next(HashedBlock parent, Address signer)
    {
        int index = Array.IndexOf([.. new[] { Alice, Bob }.Order()], signer);
        return _forge.Next(parent, change: header => header with { Nonce = (ulong)index, Target = default }, seal: _forge.SealedBy(signer));
    }
}
