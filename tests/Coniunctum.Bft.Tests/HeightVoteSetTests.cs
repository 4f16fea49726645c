using Coniunctum.Bft.Tests.Exploration;

namespace Coniunctum.Bft.Tests;

public sealed class HeightVoteSetTests
{
    private static readonly ValidatorSet s_set = ValidatorSet.Of(Enumerable.Range(0, 4).Select(Actors.Address));

    [Test]
    public void TryAdd_OfALiarWhoVotesForEverything_CountsOnlyBlocksThatOthersNamed()
    {
        var tally = new VoteTally(s_set);
        Assert.That(tally.TryAdd(Vote(1, 0), 1, out _), Is.True);
        Assert.That(tally.TryAdd(Vote(3, 1), 3, out _), Is.True);
        for (int block = 2; block < 100; block++)
        {
            Assert.That(tally.TryAdd(Vote(3, block), 3, out BftMessage? earlier), Is.False);
            Assert.That(earlier, Is.Not.Null);
        }

        Assert.That(tally.TryAdd(Vote(3, 0), 3, out BftMessage? contradicted), Is.True, "As in the paper's log, it counts for both.");
        Assert.That(contradicted!.Block, Is.EqualTo(Actors.Block(1, 1)));
        Assert.That(tally.TryAdd(Vote(3, 0), 3, out _), Is.False);
        Assert.That(tally.Weight, Is.EqualTo(2), "It is one voter.");
        Assert.That(tally.WeightFor(Actors.Block(1, 0)), Is.EqualTo(2));
        tally.TryAdd(Vote(0, 0), 0, out _);
        Assert.That(tally.TryFindQuorum(out BlockId block0), Is.True);
        Assert.That(tally.VotesFor(block0).Select(vote => s_set.IndexOf(vote.Sender)), Is.EqualTo(new[] { 0, 1, 3 }));
    }

    [Test]
    public void TryAdd_OfSecondVotes_CountsEachSendersOwn()
    {
        BlockId a = Actors.Block(1, 0), b = Actors.Block(1, 1);
        var tally = new VoteTally(s_set);
        Assert.That(tally.TryFindQuorum(out _), Is.False);
        Assert.That(tally.TryAdd(Vote(0, 0), 0, out _), Is.True);
        Assert.That(tally.TryAdd(Vote(0, 0), 0, out BftMessage? earlier), Is.False, "said again");
        Assert.That(earlier, Is.Null, "It contradicts nothing.");
        Assert.That(tally.TryAdd(Vote(1, 1), 1, out _), Is.True);
        Assert.That(tally.TryAdd(Vote(3, 0), 3, out _), Is.True);
        Assert.That(tally.TryFindQuorum(out _), Is.False);
        Assert.That(tally.TryAdd(Vote(3, 1), 3, out _), Is.True);
        Assert.That((tally.Has(0, a), tally.Has(0, b)), Is.EqualTo((true, false)));
        Assert.That((tally.Has(1, a), tally.Has(1, b)), Is.EqualTo((false, true)));
        Assert.That((tally.Has(3, a), tally.Has(3, b)), Is.EqualTo((true, true)));
        Assert.That((tally.Has(2, a), tally.Has(2, null), tally.HasVoted(2)), Is.EqualTo((false, false, false)));
        Assert.That(tally.TryAdd(Vote(0, 1), 0, out earlier), Is.True, "the second vote of another sender for the same block");
        Assert.That(earlier!.Block, Is.EqualTo(a));
        Assert.That((tally.WeightFor(a), tally.WeightFor(b), tally.WeightFor(null)), Is.EqualTo((2UL, 3UL, 0UL)));
        Assert.That(tally.TryFindQuorum(out BlockId found) && found == b, Is.True);
        Assert.That(tally.All.Count(), Is.EqualTo(5));
    }

    [Test]
    public void TryAdd_OfFarRounds_KeepsNoMessagesButWhoIsThere()
    {
        var book = new HeightVoteSet(s_set);
        for (int round = 0; round < 5_000; round++) book.TryAdd(Vote(3, 0, round), 3, out _);
        Assert.That(book.Rounds.Count(), Is.LessThanOrEqualTo(9));
        Assert.That(book.RoundOfAnHonest(), Is.EqualTo(-1));
        book.TryAdd(Vote(2, 0, 1_000_000), 2, out _);
        Assert.That(book.RoundOfAnHonest(), Is.EqualTo(4_999));
        Assert.That(book.Has(Vote(2, 1, 999_999), 2), Is.True, "It would change nothing.");

        for (int round = 0; round < 200; round++)
        {
            book.MoveTo(round, validRound: 5);
            book.TryAdd(Vote(1, 0, round), 1, out _);
        }

        Assert.That(book.Rounds.Count(), Is.LessThanOrEqualTo(42));
        Assert.That(book.At(5), Is.Not.Null, "The round of the valid block stays.");
        Assert.That(book.At(100), Is.Null);
    }

    [Test]
    public void TryAdd_OfARoundLongPast_IsTakenWhileAProposalNamesIt()
    {
        const int now = 40;
        var book = new HeightVoteSet(s_set);
        book.TryAdd(Vote(1, 0, 0), 1, out _);
        book.MoveTo(now, validRound: -1);
        Assert.That(book.At(0), Is.Null);
        Assert.That(book.TryAdd(Vote(2, 0, now), 2, out _), Is.True);
        Assert.That(book.TryAdd(Vote(2, 0, 0), 2, out _), Is.False, "Nobody names round 0.");
        Assert.That(book.Has(Vote(2, 0, 0), 2), Is.True, "It would change nothing.");

        book.TryAdd(Proposal(now, validRound: 0), 0, out _);
        Assert.That(book.Has(Vote(2, 0, 0), 2), Is.False);
        foreach (int voter in (int[])[1, 2, 3]) Assert.That(book.TryAdd(Vote(voter, 0, 0), voter, out _), Is.True);
        Assert.That(book.At(0)!.Prevotes.WeightFor(Actors.Block(1, 0)), Is.EqualTo(3));
        Assert.That(book.TryAdd(Vote(2, 0, 1), 2, out _), Is.False, "Nobody names round 1.");

        book.MoveTo(now + 1, validRound: -1);
        Assert.That(book.At(0), Is.Null, "The proposal that named it is of a round that is over.");
    }

    [Test]
    public void TryAdd_OfProposalsThatNameEveryRound_KeepsOneRoundForEach()
    {
        const int now = 1_000;
        var book = new HeightVoteSet(s_set);
        book.MoveTo(now, validRound: 7);
        for (int ahead = 0; ahead <= 8; ahead++) book.TryAdd(Proposal(now + ahead, validRound: 100 + ahead), 0, out _);
        for (int round = 0; round < now + 9; round++) book.TryAdd(Vote(3, 0, round), 3, out _);
        Assert.That(book.Rounds.Count(), Is.EqualTo(32 + 1 + 8 + 9 + 1));
    }

    [Test]
    public void Has_OfARoundThatWasFarAhead_IsFalseOnceItIsReached()
    {
        var book = new HeightVoteSet(s_set);
        book.TryAdd(Vote(1, 0, 20), 1, out _);
        Assert.That(book.Has(Vote(1, 0, 20), 1), Is.True, "Where the sender is, is known; more is not kept.");
        book.MoveTo(20, validRound: -1);
        Assert.That(book.Has(Vote(1, 0, 20), 1), Is.False, "Said again, it counts.");
        Assert.That(book.Has(Vote(1, 0, 19), 1), Is.False);
    }

    private static BftMessage Proposal(int round, int validRound) =>
        new(BftMessageKind.Proposal, 1, round, Actors.Block(1, 0), validRound, Actors.Address(0), default);

    private static BftMessage Vote(int voter, int block, int round = 0) =>
        new(BftMessageKind.Prevote, 1, round, Actors.Block(1, block), -1, Actors.Address(voter), default);
}
