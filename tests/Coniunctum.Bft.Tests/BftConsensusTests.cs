using Coniunctum.Bft.Tests.Exploration;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Bft.Tests;

public sealed class BftConsensusTests
{
    private static readonly ValidatorSet s_four = ValidatorSet.Of(Enumerable.Range(0, 4).Select(Actors.Address));
    private static readonly ValidatorSet s_five = ValidatorSet.Of(Enumerable.Range(0, 5).Select(Actors.Address));
    private static readonly BlockId s_chain = Actors.Block(9, 9);
    private static readonly BftRule s_rule = new();

    [Test]
    public void New_WithATimeThatIsNone_IsRefusedWithTheReason()
    {
        foreach (TimeSpan span in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromDays(2) })
        {
            AssertRefused(new BftTiming { Pause = span }, "pause");
            AssertRefused(new BftTiming { Propose = span }, "proposal");
            AssertRefused(new BftTiming { Vote = span }, "votes");
            AssertRefused(new BftTiming { Growth = span }, "growth");
            AssertRefused(new BftTiming { Resend = span }, "again");
        }

        static void AssertRefused(BftTiming timing, string reason) =>
            Assert.That(() => new BftConsensus(s_four, timing), Throws.ArgumentException.With.Message.Contains(reason));
    }

    [Test]
    public void Build_OnAProfileThatDoesNotFit_IsRefusedWithTheReason()
    {
        var rule = new BftConsensus(s_four);
        ChainProfile profile = World.ProfileOf(StandardFormat.Instance) with { Consensus = rule };
        Assert.That(rule.Build(profile, s_chain).Initial, Is.EqualTo(new BftState(s_four, s_four)));
        AssertRefused(World.ProfileOf(Int32CoinFormat.Instance), "no place for a certificate");
        AssertRefused(profile with { Limits = new LedgerLimits { MaxCertificateBytes = 100 } }, "certificate");
        AssertRefused(profile with { Applications = [new BftConsensus(s_five).Application] }, "this rule's own");
        AssertRefused(profile with { Applications = [rule.Application], Limits = new LedgerLimits { MaxEntryValueBytes = 1_000 } }, "too short");

        void AssertRefused(ChainProfile impossible, string reason) =>
            Assert.That(() => rule.Build(impossible, s_chain), Throws.ArgumentException.With.Message.Contains(reason));
    }

    [Test]
    public void Parameters_CommitToTheSetAndTheTimes()
    {
        Assert.That(new BftConsensus(s_four).Parameters, Is.Not.EqualTo(new BftConsensus(s_five).Parameters));
        Assert.That(new BftConsensus(s_four).Parameters, Is.Not.EqualTo(new BftConsensus(s_four, new BftTiming { Pause = TimeSpan.FromSeconds(9) }).Parameters));
        Assert.That(new BftConsensus(s_four).GenesisTarget, Is.EqualTo(s_four.Hash));
    }

    [Test]
    public void Check_OfEveryFieldThatTheRuleFixes()
    {
        var state = new BftState(s_four, s_five);
        var line = new Line();
        Assert.That(Check(Header()).IsValid, Is.True);
        Assert.That(Check(Header() with { Nonce = 1 }).Rule, Is.EqualTo(BlockRule.ProofInvalid));
        Assert.That(Check(Header() with { Target = s_four.Hash }).Rule, Is.EqualTo(BlockRule.TargetWrong), "It commits to the next set, not to the one that certifies it.");
        Assert.That(Check(Header() with { Timestamp = new Timestamp(1_000) }).Rule, Is.EqualTo(BlockRule.TimestampTooOld));
        Assert.That(Check(Header(), seal: [1]).Rule, Is.EqualTo(BlockRule.SealInvalid));
        Assert.That(Check(Header() with { Timestamp = new Timestamp(50_001) }, now: new Timestamp(20_000)).Kind, Is.EqualTo(VerdictKind.Deferred));
        Assert.That(Check(Header() with { Timestamp = new Timestamp(50_000) }, now: new Timestamp(20_000)).IsValid, Is.True);

        Verdict early = s_rule.Check(
            new HeaderView(Header() with { Target = s_four.Hash }, s_chain, default), line, state with { IsAssumed = true }, null, new SealClaims());
        Assert.That(early.Kind, Is.EqualTo(VerdictKind.ParentPending), "Behind a parent that was not executed nothing is for ever.");

        Verdict Check(BlockHeader header, byte[]? seal = null, Timestamp? now = null) =>
            s_rule.Check(new HeaderView(header, s_chain, seal), line, state, now, new SealClaims());

        BlockHeader Header() => new()
        {
            Height = 1,
            Nonce = 0,
            Previous = default,
            MerkleRoot = default,
            Target = s_five.Hash,
            Timestamp = new Timestamp(1_001),
        };
    }

    [Test]
    public void State_ComesBackAsItWas_AndIsTheSameWhetherAssumedOrNot()
    {
        var spec = new BftConsensus(s_four);
        foreach (var state in new[] { new BftState(s_four, s_four), new BftState(s_four, s_five) })
        {
            Assert.That(spec.ReadState(state.Encode()), Is.EqualTo(state));
            Assert.That(state with { IsAssumed = true }, Is.EqualTo(state));
        }

        Assert.That(new BftState(s_four, s_five), Is.Not.EqualTo(new BftState(s_four, s_four)));
        Assert.That(() => spec.ReadState(new byte[] { 1 }), Throws.InstanceOf<InvalidDataException>());
        Assert.That(s_rule.Advance(new BftState(s_four, s_five), default, null), Is.EqualTo(new BftState(s_five, s_five)));
    }

    [Test]
    public void Judge_OfACertificate_ClaimsASignatureOfEachSigner()
    {
        var claims = new SealClaims();
        Assert.That(Judge(Certificate(0, 1, 3), claims).IsValid, Is.True);
        Assert.That(claims.Claims.Select(claim => claim.Signer), Is.EqualTo(new[] { 0, 1, 3 }.Select(Actors.Address)));
        foreach (SignatureClaim claim in claims.Claims)
        {
            Assert.That(new PlainSignatures().Recover(claim.Digest, claim.Signature.Span, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
            Assert.That(signer, Is.EqualTo(claim.Signer));
        }
    }

    [Test]
    public void Judge_OfWhatIsNoCertificate_RejectsItAndClaimsNothing()
    {
        var claims = new SealClaims();
        Assert.That(Judge(null, claims).Rule, Is.EqualTo(BlockRule.CertificateInvalid));
        Assert.That(Judge(Certificate(0, 1), claims).Rule, Is.EqualTo(BlockRule.CertificateInvalid), "Two of four.");
        Assert.That(Judge(Certificate(0, 1, 1), claims).Rule, Is.EqualTo(BlockRule.CertificateInvalid), "One of them twice.");
        Assert.That(Judge(Certificate(0, 1, 2)[..^1], claims).Rule, Is.EqualTo(BlockRule.CertificateInvalid));
        Assert.That(Judge(new byte[] { 0x92, 0, 0x90 }, claims).Rule, Is.EqualTo(BlockRule.CertificateInvalid));
        Assert.That(claims.Claims, Is.Empty);
    }

    [Test]
    public void Listening_EndsWithTheTimeOfARoundAndAnswersOfMoreThanTwoThirds()
    {
        var listening = new BftListening(s_chain.Value, Actors.Address(0), (5, 0, BftMessageKind.Prevote));
        Assert.That(listening.IsOver(s_four, 5, out _), Is.False);
        listening.Take(Answer(1, 5, null));
        listening.Take(Answer(1, 5, null));
        listening.Take(Answer(2, 5, null) with { Challenge = default });
        listening.IsTimeOver = true;
        Assert.That(listening.IsOver(s_four, 5, out _), Is.False, "Itself and one other.");
        listening.Take(Answer(3, 5, Own(5, 0, BftMessageKind.Prevote)));
        Assert.That(listening.IsOver(s_four, 5, out ulong silent), Is.True);
        Assert.That(silent, Is.Zero, "They have seen what its file knows.");
    }

    [Test]
    public void Listening_WithAnOldFile_LeavesOutEveryHeightThatItMayHaveSigned()
    {
        var listening = new BftListening(s_chain.Value, Actors.Address(0), (5, 0, BftMessageKind.Prevote)) { IsTimeOver = true };
        listening.Take(Answer(1, 9, Own(5, 0, BftMessageKind.Precommit)));
        listening.Take(Answer(2, 8, null));
        Assert.That(listening.IsOver(s_four, 6, out ulong silent), Is.True);
        Assert.That(silent, Is.EqualTo(10), "Others are at height 9, so it may have signed at height 10.");
    }

    private static BftStatus Answer(int sender, ulong height, BftMessage? sighting) =>
        new(s_chain.Value, Actors.Address(0), Actors.Address(sender), height, 0, sighting, default);

    private static BftMessage Own(ulong height, int round, BftMessageKind kind) => new(kind, height, round, null, -1, Actors.Address(0), default);

    private static Verdict Judge(ReadOnlyMemory<byte>? certificate, SealClaims claims) =>
        BftCertificate.Judge(certificate, 4, Actors.Block(4, 0), s_chain, s_four, claims);

    private static ReadOnlyMemory<byte> Certificate(params int[] signers) => BftCertificate.Write(s_four, 2, signers.Select(signer =>
    {
        var vote = new BftMessage(BftMessageKind.Precommit, 4, 2, Actors.Block(4, 0), -1, Actors.Address(signer), default);
        return vote with { Signature = PlainSignatures.Sign(vote.Sender, vote.Digest(s_chain)) };
    }));

    /// <summary>A genesis at 1,000.</summary>
    private sealed class Line : IAncestors
    {
        public HeaderView Parent => new(
            new BlockHeader { Height = 0, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = new Timestamp(1_000) }, default, default);

        public HeaderView At(ulong height) => Parent;
    }
}
