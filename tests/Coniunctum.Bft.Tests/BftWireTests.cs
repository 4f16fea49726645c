using Coniunctum.Bft.Tests.Exploration;
using Coniunctum.Crypto;

namespace Coniunctum.Bft.Tests;

public sealed class BftWireTests
{
    private static readonly BlockId s_chain = Actors.Block(9, 9);
    private static readonly BftMessage s_proposal = new(BftMessageKind.Proposal, 300, 7, Actors.Block(1, 0), 5, Actors.Address(1), new byte[65]);
    private static readonly BftMessage s_vote = new(BftMessageKind.Prevote, ulong.MaxValue, BftMessage.MaxRound, null, -1, Actors.Address(2), new byte[65]);

    [Test]
    public void Digest_DiffersForEveryFieldThatIsSigned()
    {
        BftMessage[] messages =
        [
            s_proposal,
            s_proposal with { Height = 301 },
            s_proposal with { Round = 8 },
            s_proposal with { Block = Actors.Block(1, 1) },
            s_proposal with { ValidRound = -1 },
            s_proposal with { Kind = BftMessageKind.Prevote, ValidRound = -1 },
            s_proposal with { Kind = BftMessageKind.Precommit, ValidRound = -1 },
            s_proposal with { Kind = BftMessageKind.Precommit, ValidRound = -1, Block = null },
        ];
        Hash256[] digests = [.. messages.Select(message => message.Digest(s_chain)), s_proposal.Digest(Actors.Block(9, 8))];
        Assert.That(digests.Distinct().Count(), Is.EqualTo(digests.Length));
        Assert.That((s_proposal with { Sender = Actors.Address(4), Signature = default }).Digest(s_chain), Is.EqualTo(digests[0]));
        var status = new BftStatus(Hash256.Zero, Actors.Address(1), Actors.Address(2), 300, 7, null, default);
        Assert.That(digests, Has.No.Member(status.Digest(s_chain)));
    }

    [Test]
    public void Messages_ComeBackAsTheyWere()
    {
        foreach (BftMessage message in (BftMessage[])[s_vote, s_vote with { Kind = BftMessageKind.Precommit, Block = Actors.Block(1, 1) }, s_proposal])
            Assert.That(Shape(BftMessage.Decode(message.Encode())!), Is.EqualTo(Shape(message)));
        var status = new BftStatus(s_chain.Value, s_vote.Sender, Actors.Address(3), 4, 5, s_vote, new byte[65]);
        BftStatus back = BftStatus.Decode(status.Encode())!;
        Assert.That((back.Challenge, back.Asker, back.Sender, back.Height, back.Round), Is.EqualTo((status.Challenge, status.Asker, status.Sender, status.Height, status.Round)));
        Assert.That(Shape(back.Sighting!), Is.EqualTo(Shape(s_vote)));
    }

    [Test]
    public void Messages_ThatAreNone_AreRefused()
    {
        Assert.That(BftMessage.Decode((s_proposal with { Block = null }).Encode()), Is.Null);
        Assert.That(BftMessage.Decode((s_proposal with { ValidRound = 7 }).Encode()), Is.Null, "Not an earlier round.");
        Assert.That(BftMessage.Decode((s_vote with { ValidRound = 0 }).Encode()), Is.Null);
        Assert.That(BftMessage.Decode((s_vote with { Kind = BftMessageKind.None }).Encode()), Is.Null);
        Assert.That(BftMessage.Decode((s_vote with { Round = BftMessage.MaxRound + 1 }).Encode()), Is.Null);
        var foreign = new BftStatus(default, Actors.Address(1), Actors.Address(3), 4, 5, s_vote, default);
        Assert.That(BftStatus.Decode(foreign.Encode()), Is.Null, "It quotes another than the asker.");
    }

    [Test]
    public void RandomBytes_AndCutMessages_CauseNoException()
    {
        var random = new Random(1);
        byte[][] whole =
        [
            s_vote.Encode().ToArray(),
            s_proposal.Encode().ToArray(),
            new BftEvidence(s_vote, s_vote).Encode().ToArray(),
            new BftStatus(default, s_vote.Sender, Actors.Address(3), 4, 5, s_vote, default).Encode().ToArray(),
        ];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. whole[i % whole.Length]];
            if (i % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            for (int flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            BftMessage.Decode(bytes);
            BftEvidence.Decode(bytes);
            BftStatus.Decode(bytes);
            ValidatorSet.Decode(bytes);
            BftState.Decode(bytes);
        }

        Assert.That(BftMessage.Decode(whole[0]), Is.Not.Null);
    }

    [Test]
    public void Records_ComeBackAsTheyWere_AndDamagedOnesStopTheStart()
    {
        var control = new RoundState(3, BftStep.Precommit, Actors.Block(1, 0), 2, Actors.Block(1, 1), 3, null, null, Actors.Block(1, 1));
        var record = new BftRecord(77, control);
        Assert.That(BftRecord.Decode(record.Encode()), Is.EqualTo(record));
        Assert.That(BftRecord.Decode(new BftRecord(0, RoundState.Fresh).Encode()).Control, Is.EqualTo(RoundState.Fresh));
        Assert.That(() => BftRecord.Decode(record.Encode()[..^1]), Throws.InstanceOf<InvalidDataException>());
        BftLock back = BftLock.Decode(new BftLock(new byte[] { 4, 5 }, [s_vote]).Encode());
        Assert.That(back.Block.ToArray(), Is.EqualTo(new byte[] { 4, 5 }));
        Assert.That(back.Prevotes, Has.Length.EqualTo(1));
        Assert.That(() => BftLock.Decode(new byte[] { 0x90 }), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void Evidence_OfTwoPiecesForEachOffender_IsKept()
    {
        var log = new EvidenceLog();
        for (int offender = 0; offender < 120; offender++)
        {
            foreach (ulong height in new[] { 5UL, 7UL })
            {
                BftEvidence piece = Signed(height + (ulong)offender, offender);
                Assert.That(log.Wants(piece), Is.True);
                log.Add(piece);
                Assert.That(log.Wants(piece), Is.False);
            }

            Assert.That(log.Wants(Signed(9_999, offender)), Is.False, "A liar does not push out what proves others' lies.");
        }

        Assert.That(log.Pieces, Has.Length.EqualTo(200));
        Assert.That(log.Wants(Signed(3, 200)), Is.False, "Older than all that are kept.");
        var again = new EvidenceLog();
        again.Restore(log.Encode());
        Assert.That(again.Pieces.Select(piece => piece.First.Height), Is.EqualTo(log.Pieces.Select(piece => piece.First.Height)));
        Assert.That(again.Pieces[0].IsProof(new PlainSignatures(), s_chain), Is.True);
        Assert.That(again.Pieces[0].IsProof(new PlainSignatures(), Actors.Block(1, 1)), Is.False, "On another chain it proves nothing.");

        static BftEvidence Signed(ulong height, int offender)
        {
            var first = new BftMessage(BftMessageKind.Precommit, height, 0, null, -1, Actors.Address(offender), default);
            BftMessage second = first with { Block = Actors.Block(1, 1) };
            return new BftEvidence(Sign(first), Sign(second));
        }

        static BftMessage Sign(BftMessage message) => message with { Signature = PlainSignatures.Sign(message.Sender, message.Digest(s_chain)) };
    }

    private static string Shape(BftMessage message) =>
        Invariant($"{message.Kind} {message.Height} {message.Round} {message.Block} {message.ValidRound} {message.Sender.Value} {Convert.ToHexString(message.Signature.Span)}");
}
