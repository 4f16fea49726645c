using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Authority.Tests;

public sealed class ProofOfAuthorityTests
{
    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(5);

    private CliqueChain _chain = null!;

    [SetUp]
    public void Create() => _chain = new CliqueChain(["A", "B", "C"], epoch: 4);

    [Test]
    public void New_WithImpossibleParameters_Throws()
    {
        Address a = World.Owner(1);
        Assert.That(() => new ProofOfAuthority([], s_spacing), Throws.ArgumentException.With.Message.Contains("There must be a signer"));
        Assert.That(() => new ProofOfAuthority([a, World.Owner(2), a], s_spacing), Throws.ArgumentException.With.Message.Contains("named twice"));
        Assert.That(() => new ProofOfAuthority([a, Address.Root], s_spacing), Throws.ArgumentException.With.Message.Contains("root address"));
        Assert.That(() => new ProofOfAuthority(Enumerable.Range(1, 65).Select(value => World.Owner((byte)value)), s_spacing), Throws.ArgumentException.With.Message.Contains("65 signers"));
        Assert.That(() => new ProofOfAuthority([a], TimeSpan.Zero), Throws.ArgumentException.With.Message.Contains("1 ms"));
        Assert.That(() => new ProofOfAuthority([a], TimeSpan.FromTicks(10_001)), Throws.ArgumentException.With.Message.Contains("whole milliseconds"));
        Assert.That(() => new ProofOfAuthority([a], s_spacing, 0), Throws.ArgumentException.With.Message.Contains("at least 1 block"));
        Assert.That(
            () => new ProofOfAuthority([a], s_spacing).Build(World.ProfileOf(Int32CoinFormat.Instance), default),
            Throws.ArgumentException.With.Message.Contains("no place for a seal"));
    }

    [Test]
    public void New_AtTheLimits_IsPossible_AndBeyondThemNot()
    {
        Address[] signers = [.. Enumerable.Range(1, 64).Select(value => World.Owner((byte)value))];
        Assert.That(new ProofOfAuthority(signers, TimeSpan.FromMilliseconds(1), 1).Signers, Has.Count.EqualTo(64));
        var daily = new ProofOfAuthority(signers[..1], TimeSpan.FromDays(1));
        Assert.That((daily.Spacing, daily.Epoch), Is.EqualTo((TimeSpan.FromDays(1), 30_000UL)));
        Assert.That(() => new ProofOfAuthority(signers, TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1)), Throws.ArgumentException.With.Message.Contains("to a day"));
        Assert.That(() => new ProofOfAuthority(signers, -TimeSpan.FromMilliseconds(1)), Throws.ArgumentException.With.Message.Contains("1 ms"));
    }

    [TestCase(1)]
    [TestCase(5_000)]
    [TestCase(7_200_000)]
    public void FutureAllowance_IsASlot(int milliseconds) => Assert.That(Allowance(milliseconds), Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));

    [Test]
    public void FutureAllowance_OfLongSlots_IsTwoHours() => Assert.That(Allowance(7_200_001), Is.EqualTo(TimeSpan.FromHours(2)));

    [Test]
    public void Parameters_NameEverySigner_InOneOrder()
    {
        Address[] signers = [World.Owner(3), World.Owner(1), World.Owner(2)];
        var spec = new ProofOfAuthority(signers, s_spacing, 9);
        Assert.That(spec.Parameters.Select(parameter => $"{parameter.Name}={parameter.Value}"), Is.EqualTo(new[]
        {
            "authority.spacing=5000", "authority.epoch=9", $"authority.signer={World.Owner(1)}", $"authority.signer={World.Owner(2)}", $"authority.signer={World.Owner(3)}",
        }));
    }

    [Test]
    public void Weight_InTurn_IsTwo()
    {
        // The next height is 1, and the second of three is on.
        Assert.That(_chain.WeightOf("A"), Is.EqualTo(Work.From(1)));
        Assert.That(_chain.WeightOf("B"), Is.EqualTo(Work.From(2)));
        Assert.That(_chain.WeightOf("C"), Is.EqualTo(Work.From(1)));
    }

    [Test]
    public void Check_OfASignerThatSealedLately_IsRejected()
    {
        Assert.That(_chain.Seal("A").IsValid);
        Assert.That(_chain.Seal("A"), Is.EqualTo(Verdict.Invalid(BlockRule.ProofInvalid, 1UL, "a signer of none of the 1 blocks before")));
        Assert.That(_chain.Seal("B").IsValid);
        Assert.That(_chain.Seal("A").IsValid);
    }

    [Test]
    public void Check_OfAnIndexBehindTheLast_IsRejected() =>
        Assert.That(_chain.Seal("D"), Is.EqualTo(Verdict.Invalid(BlockRule.ProofInvalid, 3UL, "the index of one of 3 signers")));

    [TestCase(3UL << 16)]
    [TestCase(1UL << 63)]
    [TestCase((1UL << 48) | (1UL << 16))]
    public void Check_OfAVoteThatDoesNotExist_IsRejected(ulong nonce) =>
        Assert.That(_chain.Seal("A", "D", true, header => header with { Nonce = nonce }), Is.EqualTo(Verdict.Invalid(BlockRule.ProofInvalid, nonce, "a vote of 0, 1 or 2")));

    [Test]
    public void Check_OfATargetThatDoesNotFitTheVote_IsRejected()
    {
        Hash256 d = CliqueChain.AddressOf("D").Value;
        Assert.That(_chain.Seal("A", change: header => header with { Target = d }), Is.EqualTo(Verdict.Invalid(BlockRule.TargetWrong, d, "zero, without a vote")));
        Assert.That(_chain.Seal("A", "D", true, header => header with { Target = default }), Is.EqualTo(Verdict.Invalid(BlockRule.TargetWrong, Hash256.Zero, "the voted address")));
    }

    [Test]
    public void Check_OfAVoteWhereAnEpochBegins_IsRejected()
    {
        foreach (string signer in (string[])["A", "B", "C"]) Assert.That(_chain.Seal(signer).IsValid);
        Assert.That(_chain.Seal("A", "D", true), Is.EqualTo(Verdict.Invalid(BlockRule.ProofInvalid, 1UL << 16, "no vote where an epoch begins")));
        Assert.That(_chain.Seal("A").IsValid);
    }

    [Test]
    public void Check_WithoutASeal_IsRejected() =>
        Assert.That(_chain.Seal("A", seal: []), Is.EqualTo(Verdict.Invalid(BlockRule.SealInvalid, "no seal", "the signer's signature")));

    [Test]
    public void Check_OfATimeBeforeTheSlot_IsRejected_AndOfOneFarAheadDeferred()
    {
        Timestamp slot = _chain.Parent.Header.Timestamp.Plus(s_spacing);
        var early = new Timestamp(slot.UnixMilliseconds - 1);
        Assert.That(_chain.Seal("A", change: header => header with { Timestamp = early }), Is.EqualTo(Verdict.Invalid(BlockRule.TimestampTooOld, early.UnixMilliseconds, slot.UnixMilliseconds)));
        Assert.That(_chain.Seal("A", now: new Timestamp(slot.UnixMilliseconds - 5_001)).Kind, Is.EqualTo(VerdictKind.Deferred));
        Assert.That(_chain.Seal("A", now: new Timestamp(slot.UnixMilliseconds - 5_000)).IsValid);
    }

    [TestCase(1_000UL, 6_000UL)]
    [TestCase(5_999UL, 6_000UL)]
    [TestCase(6_000UL, 6_000UL)]
    [TestCase(6_001UL, 6_001UL)]
    public void Prepare_OfACandidate_DatesItToTheSlotOrLater(ulong now, ulong expected)
    {
        TargetLine line = new TargetLine().Add(1_000, default);
        var draft = new HeaderDraft { Timestamp = new Timestamp(now) };
        new ProofOfAuthorityRule(s_spacing, epoch: 10).Prepare(ref draft, line, RuleState.None);
        Assert.That(draft.Timestamp, Is.EqualTo(new Timestamp(expected)));
    }

    private static TimeSpan? Allowance(int milliseconds) =>
        new ProofOfAuthorityRule(TimeSpan.FromMilliseconds(milliseconds), epoch: 10).FutureAllowanceAt(5);
}
