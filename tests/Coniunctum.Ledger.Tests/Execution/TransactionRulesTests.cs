using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Tests.Support;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Execution;

/// <summary>The rules of one transaction, also with values that no codec would let through.</summary>
[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class TransactionRulesTests(IBlockFormat format)
{
    private readonly TestChain _chain = new(format);

    [Test]
    public void CheckAlone_OrdinaryPayment_IsValid() =>
        Assert.That(Check(_chain.Payment(Alice, Bob, 1)), Is.EqualTo(Verdict.Valid));

    [Test]
    [Covers(BlockRule.TransactionTooLarge)]
    public void CheckAlone_OneByteAboveTheLimit_IsRejected()
    {
        Assert.That(Check(_chain.Payment(Alice, Bob, 1), size: 8_192), Is.EqualTo(Verdict.Valid));
        Assert.That(
            Check(_chain.Payment(Alice, Bob, 1), size: 8_193),
            Is.EqualTo(Verdict.Invalid(BlockRule.TransactionTooLarge, found: 8_193UL, expected: 8_192UL)));
    }

    [Test]
    [Covers(BlockRule.RewardMisplaced)]
    public void CheckAlone_FromRoot_IsRejected() =>
        Assert.That(
            Check(_chain.Payment(Address.Root, Bob, 1)),
            Is.EqualTo(Verdict.Invalid(BlockRule.RewardMisplaced, found: "a transaction from root", expected: "a sender with a key")));

    [Test]
    [Covers(BlockRule.PaidToRoot)]
    public void CheckAlone_ToRoot_IsRejected() =>
        Assert.That(
            Check(_chain.Payment(Alice, Address.Root, 1)),
            Is.EqualTo(Verdict.Invalid(BlockRule.PaidToRoot, found: Hash256.Zero, expected: "a receiver other than root")));

    [Test]
    [Covers(BlockRule.PayloadInvalid)]
    public void CheckAlone_PayloadWithoutApplications_IsRejected() =>
        Assert.That(
            Check(_chain.Payment(Alice, Bob, 1, payloadBytes: 2)),
            Is.EqualTo(Verdict.Invalid(BlockRule.PayloadInvalid, found: 2UL, expected: "an empty payload: the profile has no applications")));

    [Test]
    [Covers(BlockRule.AmountOutOfRange)]
    public void CheckAlone_AmountBeyondTheFormats_IsRejected()
    {
        // 2^31-1 in int32coin, 2^63-1 in the standard format.
        ulong max = format.Traits.HasFees ? 9_223_372_036_854_775_807UL : 2_147_483_647UL;

        Assert.That(Check(_chain.Payment(Alice, Bob, max)), Is.EqualTo(Verdict.Valid));
        foreach (ulong amount in new[] { max + 1, ulong.MaxValue })
        {
            Assert.That(
                Check(_chain.Payment(Alice, Bob, amount)),
                Is.EqualTo(Verdict.Invalid(BlockRule.AmountOutOfRange, found: amount, expected: max)));
        }

        Assert.That(
            Check(_chain.Payment(Alice, Bob, 0)),
            Is.EqualTo(Verdict.Invalid(BlockRule.AmountOutOfRange, found: 0UL, expected: "at least 1")));
    }

    [Test]
    [Covers(BlockRule.AmountOutOfRange)]
    public void CheckAlone_FeeBeyondTheFormats_IsRejected()
    {
        ulong max = format.Traits.HasFees ? 9_223_372_036_854_775_807UL : 0UL;

        Assert.That(Check(_chain.Payment(Alice, Bob, 1, fee: max)), Is.EqualTo(Verdict.Valid));
        foreach (ulong fee in new[] { max + 1, ulong.MaxValue })
        {
            Assert.That(
                Check(_chain.Payment(Alice, Bob, 1, fee)),
                Is.EqualTo(Verdict.Invalid(BlockRule.AmountOutOfRange, found: fee, expected: max)));
        }
    }

    [TestCase(0)]
    [TestCase(64)]
    [TestCase(66)]
    [Covers(BlockRule.SignatureInvalid)]
    public void CheckAlone_SignatureOfAnotherLength_IsRejected(int length) =>
        Assert.That(
            Check(_chain.Payment(Alice, Bob, 1).WithSignature(new byte[length])),
            Is.EqualTo(Verdict.Invalid(BlockRule.SignatureInvalid, found: (ulong)length, expected: 65UL)));

    [Test]
    [Covers(BlockRule.SignatureInvalid)]
    public void CheckSigner_AnotherSigner_IsRejected()
    {
        HashedTransaction payment = Hashed(_chain.Payment(Alice, Bob, 1), 200);

        Assert.That(TransactionRules.CheckSigner(payment, SignatureOutcome.Valid, Alice), Is.EqualTo(Verdict.Valid));
        Assert.That(
            TransactionRules.CheckSigner(payment, SignatureOutcome.Valid, Bob),
            Is.EqualTo(Verdict.Invalid(BlockRule.SignatureInvalid, found: Bob.Value, expected: Alice.Value)));
        Assert.That(
            TransactionRules.CheckSigner(payment, SignatureOutcome.Unchecked, Alice),
            Is.EqualTo(Verdict.Invalid(BlockRule.SignatureInvalid, found: "Unchecked", expected: "a valid signature")));
    }

    [Test]
    [Covers(BlockRule.TagOutsideWindow)]
    public void CheckWindow_Boundaries_AreExact()
    {
        // A window of 24 blocks, seen from a block of height 10.
        var cases = new (ulong ValidUntil, Verdict Expected)[]
        {
            (0, Verdict.Invalid(BlockRule.TagOutsideWindow, found: 0UL, expected: 10UL)),
            (9, Verdict.Invalid(BlockRule.TagOutsideWindow, found: 9UL, expected: 10UL)),
            (10, Verdict.Valid),
            (34, Verdict.Valid),
            (35, Verdict.Invalid(BlockRule.TagOutsideWindow, found: 35UL, expected: 34UL)),
            (ulong.MaxValue, Verdict.Invalid(BlockRule.TagOutsideWindow, found: ulong.MaxValue, expected: 34UL)),
        };
        foreach ((ulong validUntil, Verdict expected) in cases)
        {
            Verdict verdict = TransactionRules.CheckWindow(_chain.Payment(Alice, Bob, 1, tag: _chain.Tag(validUntil)), _chain.Profile, 10);
            Assert.That(verdict, Is.EqualTo(format.Traits.TagsExpire ? expected : Verdict.Valid), $"valid until {validUntil}");
        }
    }

    [Test]
    [Covers(BlockRule.BalanceInsufficient)]
    [Covers(BlockRule.PaymentTooSmall)]
    public void CheckAgainstState_Boundaries_AreExact()
    {
        Assert.That(CheckState(_chain.Payment(Alice, Bob, 1_000)), Is.EqualTo(Verdict.Valid));
        Assert.That(
            CheckState(_chain.Payment(Alice, Bob, 1_001)),
            Is.EqualTo(Verdict.Invalid(BlockRule.BalanceInsufficient, found: 1_000UL, expected: 1_001UL)));
        Assert.That(
            CheckState(_chain.Payment(Carol, Bob, 1)),
            Is.EqualTo(Verdict.Invalid(BlockRule.BalanceInsufficient, found: 0UL, expected: 1UL)));
        Assert.That(CheckState(_chain.Payment(Alice, Carol, 5)), Is.EqualTo(Verdict.Valid));
        Assert.That(
            CheckState(_chain.Payment(Alice, Carol, 4)),
            Is.EqualTo(Verdict.Invalid(BlockRule.PaymentTooSmall, found: 4UL, expected: 5UL)));
        Assert.That(CheckState(_chain.Payment(Alice, Bob, 4)), Is.EqualTo(Verdict.Valid), "Bob's account is open already");
    }

    private static HashedTransaction Hashed(Transaction transaction, int size) => new(transaction, default, default, size);

    private Verdict Check(Transaction transaction, int size = 200) => TransactionRules.CheckAlone(Hashed(transaction, size), _chain.Profile);

    private Verdict CheckState(Transaction transaction) =>
        TransactionRules.CheckAgainstState(transaction, _chain.Profile, _chain.State, _chain.NextHeight);
}
