using Coniunctum.Bft.Tests.Exploration;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Bft.Tests;

/// <summary>What a node behind block 10 makes of every message of validators, whether it is one itself or not.</summary>
public sealed class BftTopicsTests
{
    private const ulong Next = 11;

    private static readonly BlockId s_chain = Actors.Block(9, 9);
    private static readonly LedgerLimits s_limits = new();

    // The next block is certified by 0 to 3, the one behind it by 1 to 4.
    private static readonly BftState s_state = new(ValidatorSet.Of(Enumerable.Range(0, 4).Select(Actors.Address)), ValidatorSet.Of(Enumerable.Range(1, 4).Select(Actors.Address)));
    private static readonly BftTopics s_topics = new(s_chain, s_limits);

    [Test]
    public void Judge_OfAVote_GoesByTheSetOfItsHeight()
    {
        BftMessage vote = Vote(Next, 0);
        (BftMessage Message, MessageVerdict Verdict)[] table =
        [
            (vote, MessageVerdict.Accepted),
            (vote with { Kind = BftMessageKind.Precommit, Round = BftMessage.MaxRound, Block = null }, MessageVerdict.Accepted),
            (vote with { Sender = Actors.Address(4) }, MessageVerdict.Ignored),
            (vote with { Height = Next - 1 }, MessageVerdict.Ignored),
            (vote with { Height = Next + 1 }, MessageVerdict.Ignored),
            (vote with { Height = Next + 1, Sender = Actors.Address(4) }, MessageVerdict.Accepted),
            (vote with { Height = Next + 2, Sender = Actors.Address(2) }, MessageVerdict.Ignored),
            (vote with { Height = ulong.MaxValue }, MessageVerdict.Ignored),
            (vote with { Kind = BftMessageKind.Proposal }, MessageVerdict.Rejected),
            (vote with { ValidRound = 0 }, MessageVerdict.Rejected),
        ];
        foreach ((BftMessage message, MessageVerdict verdict) in table)
        {
            TopicJudgement judgement = Judge(BftTopics.VoteTopic, message.Encode(), null, out SealClaims claims);
            Assert.That(judgement.Verdict, Is.EqualTo(verdict), message.ToString());
            if (verdict != MessageVerdict.Accepted) continue;
            Assert.That(claims.Claims.Single(), Is.EqualTo(new SignatureClaim(message.Digest(s_chain), message.Signature, message.Sender)).Using<SignatureClaim>(IsSame));
            Assert.That((judgement.Key.Author, judgement.Key.Kind), Is.EqualTo((message.Sender, (byte)message.Kind)));
        }

        Assert.That(Judge(BftTopics.VoteTopic, new byte[] { 1 }, null, out _).Verdict, Is.EqualTo(MessageVerdict.Rejected));
        Assert.That(Judge(BftTopics.VoteTopic, vote.Encode(), BlockAt(Next), out _).Verdict, Is.EqualTo(MessageVerdict.Rejected));
        Assert.That(Judge("bft.song", vote.Encode(), null, out _).Verdict, Is.EqualTo(MessageVerdict.Ignored));
    }

    [Test]
    public void Judge_OfVotesOfOneRound_HasOneKeyForAllThatContradictEachOther()
    {
        BftMessage vote = Vote(Next, 0);
        TopicKey key = KeyOf(vote);
        Assert.That(KeyOf(vote with { Block = null }), Is.EqualTo(key));
        foreach (BftMessage other in (BftMessage[])[vote with { Round = 1 }, vote with { Kind = BftMessageKind.Precommit }, vote with { Sender = Actors.Address(1) }, vote with { Height = Next + 1, Sender = Actors.Address(1) }])
            Assert.That(KeyOf(other), Is.Not.EqualTo(key), other.ToString());

        static TopicKey KeyOf(BftMessage message) => Judge(BftTopics.VoteTopic, message.Encode(), null, out _).Key;
    }

    [Test]
    public void Judge_OfAProposal_LooksAtItsBlock()
    {
        HashedBlock block = BlockAt(Next), later = BlockAt(Next + 1);
        BftMessage proposal = Proposal(block, 0), early = Proposal(later, 0);
        BftMessage wrong = proposal with { Sender = Actors.Address((s_state.Current.ProposerAt(Next, 0) + 1) % 4) };
        (BftMessage Message, HashedBlock? Block, MessageVerdict Verdict)[] table =
        [
            (proposal, block, MessageVerdict.Accepted),
            (proposal, null, MessageVerdict.Ignored),
            (wrong, block, MessageVerdict.Ignored),
            (Proposal(block, 900), block, MessageVerdict.Accepted),
            (early, later, MessageVerdict.Later),
            (Proposal(later, 3), later, MessageVerdict.Ignored),
            (early with { Sender = Actors.Address(0) }, later, MessageVerdict.Ignored),
            (proposal with { Height = Next - 1 }, BlockAt(Next - 1), MessageVerdict.Ignored),
            (proposal, later, MessageVerdict.Rejected),
            (proposal with { Block = later.Id }, later, MessageVerdict.Rejected),
            (proposal, block.WithCertificate(new byte[3], StandardFormat.Instance), MessageVerdict.Ignored),
            (proposal, Sealed(block), MessageVerdict.Ignored),
            (proposal with { Kind = BftMessageKind.Prevote }, block, MessageVerdict.Rejected),
        ];
        for (int row = 0; row < table.Length; row++)
        {
            (BftMessage message, HashedBlock? beside, MessageVerdict verdict) = table[row];
            TopicJudgement judgement = Judge(BftTopics.ProposalTopic, message.Encode(), beside, out SealClaims claims);
            Assert.That(judgement.Verdict, Is.EqualTo(verdict), Invariant($"row {row}"));
            Assert.That(judgement.Height, Is.EqualTo(verdict == MessageVerdict.Later ? Next : 0));
            Assert.That(claims.Claims, Has.Exactly(verdict == MessageVerdict.Accepted ? 1 : 0).Items);
        }
    }

    [Test]
    public void Judge_OfAStatus_ClaimsWhatItQuotesToo()
    {
        var question = new BftStatus(Actors.Block(7, 7).Value, Actors.Address(0), Actors.Address(0), Next, 0, null, new byte[65]);
        var answer = question with { Sender = Actors.Address(1), Sighting = Vote(Next, 0) };
        Assert.That(Judge(BftTopics.StatusTopic, question.Encode(), null, out SealClaims asked).Verdict, Is.EqualTo(MessageVerdict.Accepted));
        Assert.That(asked.Claims, Has.Exactly(1).Items);
        Assert.That(Judge(BftTopics.StatusTopic, answer.Encode(), null, out SealClaims answered).Verdict, Is.EqualTo(MessageVerdict.Accepted));
        Assert.That(answered.Claims.Select(claim => claim.Signer), Is.EqualTo(new[] { answer.Sender, answer.Asker }));
        Assert.That(Judge(BftTopics.StatusTopic, (answer with { Sender = Actors.Address(9) }).Encode(), null, out _).Verdict, Is.EqualTo(MessageVerdict.Ignored));
        foreach (ulong height in (ulong[])[Next - 8, Next + 8]) Assert.That(Judge(BftTopics.StatusTopic, (question with { Height = height }).Encode(), null, out _).Verdict, Is.EqualTo(MessageVerdict.Accepted));
        foreach (ulong height in (ulong[])[Next + 9, ulong.MaxValue]) Assert.That(Judge(BftTopics.StatusTopic, (question with { Height = height }).Encode(), null, out _).Verdict, Is.EqualTo(MessageVerdict.Ignored), "it would go round for ever");
        Assert.That(Judge(BftTopics.StatusTopic, new byte[3], null, out _).Verdict, Is.EqualTo(MessageVerdict.Rejected));
    }

    [Test]
    public void Judge_OfEvidence_NeedsAContradiction()
    {
        BftMessage vote = Vote(3, 0);
        Assert.That(Of(new BftEvidence(vote, vote with { Block = null })), Is.EqualTo(MessageVerdict.Accepted));
        Assert.That(Of(new BftEvidence(vote, vote)), Is.EqualTo(MessageVerdict.Rejected));
        Assert.That(Of(new BftEvidence(vote, vote with { Round = 1, Block = null })), Is.EqualTo(MessageVerdict.Rejected));
        BftMessage stranger = vote with { Sender = Actors.Address(9) };
        Assert.That(Of(new BftEvidence(stranger, stranger with { Block = null })), Is.EqualTo(MessageVerdict.Ignored));
        Assert.That(Judge(BftTopics.EvidenceTopic, default, null, out _).Verdict, Is.EqualTo(MessageVerdict.Rejected));

        static MessageVerdict Of(BftEvidence evidence) => Judge(BftTopics.EvidenceTopic, evidence.Encode(), null, out _).Verdict;
    }

    [Test]
    public void Topics_HaveRoomForTheLargestOfEachKind()
    {
        var largest = new BftMessage(BftMessageKind.Proposal, ulong.MaxValue, BftMessage.MaxRound, Actors.Block(1, 1), BftMessage.MaxRound - 1, Actors.Address(1), new byte[128]);
        int[] sizes = [largest.Encode().Length, largest.Encode().Length, new BftStatus(s_chain.Value, largest.Sender, Actors.Address(2), ulong.MaxValue, BftMessage.MaxRound, largest, new byte[128]).Encode().Length, new BftEvidence(largest, largest).Encode().Length];
        Assert.That(s_topics.Topics.Select(topic => topic.Name), Is.EqualTo(new[] { "bft.vote", "bft.proposal", "bft.status", "bft.evidence" }));
        foreach ((TopicSpec topic, int size) in s_topics.Topics.Zip(sizes)) Assert.That(size, Is.LessThanOrEqualTo(topic.MaxBytes), topic.Name);
    }

    private static TopicJudgement Judge(string topic, ReadOnlyMemory<byte> content, HashedBlock? block, out SealClaims claims)
    {
        var header = new BlockHeader { Height = Next - 1, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = default };
        claims = new SealClaims();
        return s_topics.Judge(new TopicMessage(topic, content, block), new HeaderView(header, default, default), s_state, claims);
    }

    private static BftMessage Vote(ulong height, int sender) => new(BftMessageKind.Prevote, height, 0, Actors.Block(1, 0), -1, Actors.Address(sender), new byte[65]);

    private static BftMessage Proposal(HashedBlock block, int round)
    {
        ulong height = block.Header.Height;
        ValidatorSet set = height == Next ? s_state.Current : s_state.Next;
        return new BftMessage(BftMessageKind.Proposal, height, round, block.Id, -1, set[set.ProposerAt(height, round)].Address, new byte[65]);
    }

    private static HashedBlock BlockAt(ulong height)
    {
        var header = new BlockHeader { Height = height, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = new Timestamp(1_000_000) };
        var reward = new Transaction { Tag = default, Sender = Address.Root, Receiver = World.Owner(1), Amount = 50, Signature = new byte[65] };
        return new BlockDraft(s_chain, StandardFormat.Instance, header, [reward]).WithExtraNonce(0).Seal(0, default);
    }

    private static HashedBlock Sealed(HashedBlock block) =>
        HashedBlock.Create(new Block { Header = block.Header, Transactions = block.Block.Transactions, Seal = new byte[3] }, StandardFormat.Instance, s_chain);

    private static bool IsSame(SignatureClaim left, SignatureClaim right) =>
        left.Digest == right.Digest && left.Signer == right.Signer && left.Signature.Span.SequenceEqual(right.Signature.Span);
}
