using Coniunctum.Bft.Tests.Exploration;

namespace Coniunctum.Bft.Tests;

/// <summary>Each rule of the algorithm alone; four validators, of which number 0 is watched. Round 0 of height 1 is number 3's, then 2, 1 and 0 follow.</summary>
public sealed class BftMachineTests
{
    private static readonly ValidatorSet s_set = ValidatorSet.Of(Enumerable.Range(0, 4).Select(Actors.Address));
    private static readonly BlockId s_a = Actors.Block(1, 0);
    private static readonly BlockId s_b = Actors.Block(1, 1);

    private readonly List<BftAction> _actions = [];

    [SetUp]
    public void Clear() => _actions.Clear();

    [Test]
    public void Start_OfTheProposer_AsksForABlock_OfOthersDoesNot()
    {
        Begin();
        Assert.That(Limit(), Is.EqualTo(new BftAction[] { new BftAction.Time(BftStep.Propose, 0) }));
        BftMachine machine = Begin(self: 3);
        Assert.That(Limit(), Has.Member(new BftAction.Propose(0, null, -1)));
        Assert.That(machine.TryPropose(0, s_a), Is.True);
        Assert.That(machine.TryPropose(0, s_a), Is.True, "The same again is the same.");
        Assert.That(machine.TryPropose(0, s_b), Is.False);
        Assert.That(machine.TryPropose(1, s_b), Is.False);
    }

    [Test]
    public void Proposal_IsPrevotedWhenItWasJudged_Line22([Values] bool isValid, [Values] bool isJudgedFirst)
    {
        BftMachine machine = Begin();
        if (isJudgedFirst) machine.TakeJudgement(s_a, isValid);
        Propose(machine, 0, s_a);
        Assert.That(Votes(), Has.Length.EqualTo(isJudgedFirst ? 1 : 0));
        machine.TakeJudgement(s_a, isValid);
        Assert.That(Votes(), Is.EqualTo(new[] { new BftAction.Vote(BftMessageKind.Prevote, 0, isValid ? s_a : null) }));
    }

    [Test]
    public void Proposal_OfAnotherThanTheRoundsProposer_IsIgnored()
    {
        BftMachine machine = Begin();
        machine.TakeJudgement(s_a, true);
        Assert.That(machine.Take(new BftMessage(BftMessageKind.Proposal, 1, 0, s_a, -1, Actors.Address(2), default)), Is.False);
        Assert.That(machine.Take(new BftMessage(BftMessageKind.Proposal, 2, 0, s_a, -1, Actors.Address(3), default)), Is.False);
        Assert.That(Votes(), Is.Empty);
    }

    [Test]
    public void Timeout_OfTheProposal_PrevotesForNothing_Line57()
    {
        BftMachine machine = Begin();
        machine.TakeTimeout(BftStep.Propose, 0);
        machine.TakeTimeout(BftStep.Propose, 0);
        Assert.That(Votes(), Is.EqualTo(new[] { new BftAction.Vote(BftMessageKind.Prevote, 0, null) }));
    }

    [Test]
    public void Polka_ForAValidBlock_LocksAndPrecommits_Line36()
    {
        BftMachine machine = Locked();
        Assert.That(Votes()[^1], Is.EqualTo(new BftAction.Vote(BftMessageKind.Precommit, 0, s_a)));
        Assert.That(machine.Control, Has.Property("Locked").EqualTo(s_a).And.Property("LockedRound").Zero.And.Property("Valid").EqualTo(s_a));
    }

    [Test]
    public void Polka_ForABlockThatIsNotKnownOrInvalid_OnlyRunsTheTime_Line34([Values] bool isKnown)
    {
        BftMachine machine = Begin();
        machine.TakeTimeout(BftStep.Propose, 0);
        if (isKnown) machine.TakeJudgement(s_a, false);
        Prevotes(machine, 0, s_a, 1, 2, 3);
        Assert.That(Limit(), Has.Exactly(1).EqualTo(new BftAction.Time(BftStep.Prevote, 0)));
        machine.TakeTimeout(BftStep.Prevote, 0);
        Assert.That(Votes()[^1], Is.EqualTo(new BftAction.Vote(BftMessageKind.Precommit, 0, null)), "line 61");
        Assert.That(machine.Control.Locked, Is.Null);
    }

    [Test]
    public void Polka_ForNothing_PrecommitsNothingAtOnce_Line44()
    {
        BftMachine machine = Begin();
        machine.TakeTimeout(BftStep.Propose, 0);
        Prevotes(machine, 0, null, 1, 2, 3);
        Assert.That(Votes()[^1], Is.EqualTo(new BftAction.Vote(BftMessageKind.Precommit, 0, null)));
    }

    [Test]
    public void Polka_SeenAfterAPrecommitForNothing_IsRememberedAsValid_Line42()
    {
        BftMachine machine = Begin();
        machine.TakeTimeout(BftStep.Propose, 0);
        Prevotes(machine, 0, s_a, 1, 2);
        Prevotes(machine, 0, null, 0);
        machine.TakeTimeout(BftStep.Prevote, 0);
        machine.TakeJudgement(s_a, true);
        Prevotes(machine, 0, s_a, 3);
        Assert.That(machine.Control, Has.Property("Valid").EqualTo(s_a).And.Property("ValidRound").Zero.And.Property("Locked").Null);

        // Round 3 is its own: it proposes what it knows to be valid (line 16).
        for (int round = 0; round < 3; round++)
        {
            Precommits(machine, round, null, 1, 2, 3);
            machine.TakeTimeout(BftStep.Precommit, round);
        }

        Assert.That(Limit(), Has.Member(new BftAction.Propose(3, s_a, 0)));
    }

    [Test]
    public void Locked_PrevotesForNothingElse_ButForItsOwnBlock_Line22([Values] bool isOwn)
    {
        BftMachine machine = Locked();
        NextRound(machine, 0);
        machine.TakeJudgement(s_b, true);
        Propose(machine, 1, isOwn ? s_a : s_b);
        Assert.That(Votes()[^1], Is.EqualTo(new BftAction.Vote(BftMessageKind.Prevote, 1, isOwn ? s_a : null)));
    }

    [Test]
    public void Locked_PrevotesForABlockWithALaterPolka_Line28()
    {
        BftMachine machine = Locked(); // in round 0
        NextRound(machine, 0);
        machine.TakeTimeout(BftStep.Propose, 1);
        Precommits(machine, 1, null, 1, 2, 3);
        machine.TakeTimeout(BftStep.Precommit, 1);
        machine.TakeJudgement(s_b, true);
        Propose(machine, 2, s_b, 1);
        Assert.That(machine.Control.Step, Is.EqualTo(BftStep.Propose), "Nobody has shown that polka.");
        Prevotes(machine, 1, s_b, 1, 2, 3);
        Assert.That(Votes()[^1], Is.EqualTo(new BftAction.Vote(BftMessageKind.Prevote, 2, s_b)));
    }

    [Test]
    public void Locked_DoesNotPrevoteForABlockWithAnEarlierPolka_Line28()
    {
        BftMachine machine = Begin();
        NextRound(machine, 0);
        machine.TakeJudgement(s_a, true);
        machine.TakeJudgement(s_b, true);
        Propose(machine, 1, s_a);
        Prevotes(machine, 1, s_a, 1, 2, 3);
        Assert.That(machine.Control.LockedRound, Is.EqualTo(1));
        NextRound(machine, 1);
        Prevotes(machine, 0, s_b, 1, 2, 3);
        Propose(machine, 2, s_b, 0);
        Assert.That(Votes()[^1], Is.EqualTo(new BftAction.Vote(BftMessageKind.Prevote, 2, null)));
    }

    [Test]
    public void Locked_ChangesItsLockUponAPolkaOfALaterRound_Line36()
    {
        BftMachine machine = Locked();
        NextRound(machine, 0);
        machine.TakeJudgement(s_b, true);
        machine.TakeTimeout(BftStep.Propose, 1);
        Prevotes(machine, 1, s_b, 1, 2, 3);
        Assert.That(machine.Control, Has.Property("Locked").EqualTo(s_b).And.Property("LockedRound").EqualTo(1));
    }

    [Test]
    public void Precommits_OfMoreThanTwoThirds_RunTheTimeOfTheRound_Line47()
    {
        BftMachine machine = Begin();
        Precommits(machine, 0, null, 1);
        Precommits(machine, 0, s_a, 2);
        Assert.That(Limit().OfType<BftAction.Time>().Where(time => time.Step == BftStep.Precommit), Is.Empty);
        Precommits(machine, 0, s_b, 3);
        Assert.That(Limit(), Has.Exactly(1).EqualTo(new BftAction.Time(BftStep.Precommit, 0)));
        machine.TakeTimeout(BftStep.Precommit, 0);
        Assert.That(machine.Control.Round, Is.EqualTo(1));
        machine.TakeTimeout(BftStep.Precommit, 0);
        Assert.That(machine.Control.Round, Is.EqualTo(1), "That time is over.");
    }

    [Test]
    public void Precommits_ForAValidBlock_DecideInAnyRoundAndStep_Line49([Values] bool hasBegun)
    {
        BftMachine machine = hasBegun ? Begin() : New(0);
        if (hasBegun) Prevotes(machine, 1, null, 1, 2);
        Precommits(machine, 0, s_a, 1, 2, 3);
        Assert.That(Limit().OfType<BftAction.Decide>(), Is.Empty, "The block is not here.");
        machine.TakeJudgement(s_a, true);
        Assert.That(Limit(), Has.Exactly(1).EqualTo(new BftAction.Decide(0, s_a)));
        int before = _actions.Count;
        machine.TakeTimeout(BftStep.Propose, machine.Control.Round);
        Prevotes(machine, 5, s_b, 1, 2, 3);
        Assert.That(_actions, Has.Count.EqualTo(before), "It is over.");
    }

    [Test]
    public void MessagesOfLaterRounds_OfMoreThanAThird_AreFollowed_Line55()
    {
        BftMachine machine = Begin();
        Prevotes(machine, 7, null, 1);
        Assert.That(machine.Control.Round, Is.Zero);
        Precommits(machine, 4, null, 2);
        Assert.That(machine.Control.Round, Is.EqualTo(4), "One of the two is honest, and both are in round 4 or above.");
        Prevotes(machine, BftMessage.MaxRound, null, 3);
        Assert.That(machine.Control.Round, Is.EqualTo(7));
    }

    [Test]
    public void Listener_SaysNothingButDecides()
    {
        BftMachine machine = Begin(self: -1);
        machine.TakeTimeout(BftStep.Propose, 0);
        machine.TakeJudgement(s_a, true);
        Prevotes(machine, 0, s_a, 1, 2, 3);
        Precommits(machine, 0, s_a, 1, 2, 3);
        Assert.That(Votes(), Is.Empty);
        Assert.That(Limit(), Has.Member(new BftAction.Decide(0, s_a)));
    }

    [Test]
    public void Restart_InEveryStep_RepeatsNothingOfTheRound()
    {
        BftMachine locked = Locked();
        RoundState control = locked.Control with { IsPrevoteTimed = false };
        _actions.Clear();
        var again = new BftMachine(s_set, 1, 0, control, _actions.Add);
        again.Start();
        again.TakeJudgement(s_a, true);
        again.TakeJudgement(s_b, true);
        Propose(again, 0, s_b);
        Prevotes(again, 0, s_b, 1, 2, 3);
        again.TakeTimeout(BftStep.Propose, 0);
        again.TakeTimeout(BftStep.Prevote, 0);
        Assert.That(Votes(), Is.Empty);
    }

    [Test]
    public void Proposal_OfABlockOfALongPastRound_IsPrevotedOnceItsPrevotesAreShown_Line28()
    {
        const int round = 41; // number 2's
        BftMachine machine = Begin();
        Precommits(machine, round, null, 1, 2);
        Assert.That(machine.Control.Round, Is.EqualTo(round));
        machine.TakeJudgement(s_a, true);
        Propose(machine, round, s_a, validRound: 0);
        Assert.That(Votes(), Is.Empty);
        Prevotes(machine, 0, s_a, 1, 2, 3);
        Assert.That(Votes(), Is.EqualTo(new[] { new BftAction.Vote(BftMessageKind.Prevote, round, s_a) }));
    }

    [Test]
    public void Restart_FarBeyondItsLock_ShowsThePrevotesStill()
    {
        const int round = 43; // its own
        RoundState control = Locked().Control with { Round = round, Step = BftStep.Propose, Prevoted = null, Precommitted = null };
        _actions.Clear();
        var again = new BftMachine(s_set, 1, 0, control, _actions.Add);
        Prevotes(again, 0, s_a, 1, 2, 3);
        again.Start();
        Assert.That(Limit(), Has.Member(new BftAction.Propose(round, s_a, 0)));
        Assert.That(again.PrevotesFor(0, s_a).Count(), Is.EqualTo(3));
    }

    [Test]
    public void LatestPolka_IsShownInItsRoundAndTheNext()
    {
        BftMachine machine = Locked();
        Assert.That(machine.LatestPolka.Count(), Is.EqualTo(3));
        NextRound(machine, 0);
        Assert.That(machine.LatestPolka.Count(), Is.EqualTo(3));
        NextRound(machine, 1);
        Assert.That(machine.LatestPolka, Is.Empty, "Nobody in that round is left.");
        Assert.That(machine.PrevotesFor(0, s_a).Count(), Is.EqualTo(3));
    }

    [Test]
    public void Restart_WithARecordOfALockBeforeItsPrecommit_LocksAgain()
    {
        BftMachine before = Begin();
        before.TakeJudgement(s_a, true);
        Propose(before, 0, s_a);
        var record = new BftRecord(1, before.Control);
        var shown = new BftLock(default, [.. Enumerable.Range(1, 3).Select(voter => new BftMessage(BftMessageKind.Prevote, 1, 0, s_a, -1, Actors.Address(voter), default))]);
        _actions.Clear();
        var again = new BftMachine(s_set, 1, 0, BftLock.ShownBy(shown, record), _actions.Add);
        foreach (BftMessage prevote in shown.Prevotes) again.Take(prevote);
        again.TakeJudgement(s_a, true);
        Assert.That(Votes(), Is.EqualTo(new[] { new BftAction.Vote(BftMessageKind.Precommit, 0, s_a) }));
        Assert.That(again.Control, Has.Property("Locked").EqualTo(s_a).And.Property("LockedRound").Zero);
    }

    [Test]
    public void ShownBy_CountsAsValidOnlyWhatTheLockCanShow()
    {
        RoundState control = RoundState.Fresh with { Round = 9, Locked = s_a, LockedRound = 5, Valid = s_b, ValidRound = 7 };
        var lockOfA = new BftLock(default, [new BftMessage(BftMessageKind.Prevote, 1, 5, s_a, -1, Actors.Address(1), default)]);
        Assert.That(BftLock.ShownBy(lockOfA, new BftRecord(1, control)), Is.EqualTo(control with { Valid = s_a, ValidRound = 5 }));
        Assert.That(BftLock.ShownBy(null, new BftRecord(1, control)), Is.EqualTo(control with { Valid = null, ValidRound = -1 }));
        Assert.That(BftLock.ShownBy(lockOfA, new BftRecord(2, control)), Is.EqualTo(control with { Valid = null, ValidRound = -1 }), "of another height");
    }

    [Test]
    public void Contradictions_AccuseWhoeverMadeThem_OnceForEachPair()
    {
        BftMachine machine = Begin();
        Prevotes(machine, 0, s_a, 1);
        Prevotes(machine, 0, s_a, 1);
        Assert.That(Limit().OfType<BftAction.Accuse>(), Is.Empty);
        Prevotes(machine, 0, null, 1);
        Propose(machine, 0, s_a);
        Propose(machine, 0, s_b);
        BftAction.Accuse[] accused = [.. Limit().OfType<BftAction.Accuse>()];
        Assert.That(accused.Select(pair => pair.First.Sender), Is.EqualTo(new[] { Actors.Address(1), Actors.Address(3) }));
        Assert.That(accused.All(pair => pair.First.Contradicts(pair.Second)), Is.True);
    }

    private BftMachine New(int self) => new(s_set, 1, self, RoundState.Fresh, _actions.Add);

    private BftMachine Begin(int self = 0)
    {
        BftMachine machine = New(self);
        machine.Start();
        return machine;
    }

    private BftMachine Locked()
    {
        BftMachine machine = Begin();
        machine.TakeJudgement(s_a, true);
        Propose(machine, 0, s_a);
        Prevotes(machine, 0, s_a, 1, 2, 3);
        return machine;
    }

    private static void NextRound(BftMachine machine, int round)
    {
        Precommits(machine, round, null, 1, 2, 3);
        machine.TakeTimeout(BftStep.Precommit, round);
        Assert.That(machine.Control.Round, Is.EqualTo(round + 1));
    }

    private static void Propose(BftMachine machine, int round, BlockId block, int validRound = -1) =>
        machine.Take(new BftMessage(BftMessageKind.Proposal, 1, round, block, validRound, s_set[s_set.ProposerAt(1, round)].Address, default));

    private static void Prevotes(BftMachine machine, int round, BlockId? block, params int[] voters) => Vote(machine, BftMessageKind.Prevote, round, block, voters);

    private static void Precommits(BftMachine machine, int round, BlockId? block, params int[] voters) => Vote(machine, BftMessageKind.Precommit, round, block, voters);

    private static void Vote(BftMachine machine, BftMessageKind kind, int round, BlockId? block, int[] voters)
    {
        foreach (int voter in voters) machine.Take(new BftMessage(kind, 1, round, block, -1, Actors.Address(voter), default));
    }

    private BftAction[] Limit() => [.. _actions];

    private BftAction.Vote[] Votes() => [.. _actions.OfType<BftAction.Vote>()];
}
