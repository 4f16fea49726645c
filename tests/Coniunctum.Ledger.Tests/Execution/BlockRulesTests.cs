using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Execution;

/// <summary>Blocks that break one rule each, under every format; the same block without the fault is valid.</summary>
[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class BlockRulesTests(IBlockFormat format)
{
    private TestChain _chain = null!;

    [SetUp]
    public void CreateChain() => _chain = new TestChain(format);

    [Test]
    public void Execute_ValidBlock_IsValidAndMovesTheMoney()
    {
        _chain.Adopt(_chain.Next(_chain.Payment(Alice, Bob, 100), _chain.Payment(Bob, Carol, 600)));

        Assert.That(_chain.State.BalanceOf(Alice), Is.EqualTo(900));
        Assert.That(_chain.State.BalanceOf(Bob), Is.Zero);
        Assert.That(_chain.State.BalanceOf(Carol), Is.EqualTo(600));
        Assert.That(_chain.State.BalanceOf(Miner), Is.EqualTo(50));
        Assert.That(_chain.State.Supply, Is.EqualTo(1_550));
        Assert.That(_chain.State.AccountCount, Is.EqualTo(3), "an empty account is no account");
    }

    [TestCase(0UL)]
    [TestCase(2UL)]
    [TestCase(ulong.MaxValue)]
    [Covers(BlockRule.HeightWrong)]
    public void CheckPlace_HeightOtherThanParentsPlusOne_IsRejected(ulong height)
    {
        BlockHeader parent = _chain.Tip.Header;
        BlockHeader header = _chain.Next().Header;

        Assert.That(BlockRules.CheckPlace(header, parent, _chain.Profile), Is.EqualTo(Verdict.Valid));
        Assert.That(
            BlockRules.CheckPlace(header with { Height = height }, parent, _chain.Profile),
            Is.EqualTo(Rejected(BlockRule.HeightWrong, found: height, expected: 1UL)));
    }

    [TestCase(0UL)]
    [TestCase(ulong.MaxValue)]
    [Covers(BlockRule.HeightWrong)]
    public void CheckPlace_BehindTheLastHeight_IsRejected(ulong height)
    {
        BlockHeader header = _chain.Next().Header;
        Verdict verdict = BlockRules.CheckPlace(header with { Height = height }, _chain.Tip.Header with { Height = ulong.MaxValue }, _chain.Profile);

        Assert.That((verdict.Kind, verdict.Rule), Is.EqualTo((VerdictKind.Invalid, BlockRule.HeightWrong)));
    }

    [Test]
    [Covers(BlockRule.RulesetWrong)]
    public void CheckPlace_RulesetOtherThanTheOneInForce_IsRejected() =>
        Assert.That(
            BlockRules.CheckPlace(_chain.Next().Header with { Ruleset = 1 }, _chain.Tip.Header, _chain.Profile),
            Is.EqualTo(Rejected(BlockRule.RulesetWrong, found: 1UL, expected: 0UL)));

    [Test]
    [Covers(BlockRule.BlockTooLarge)]
    public void CheckBody_OneByteAboveTheLimit_IsRejected()
    {
        HashedBlock block = _chain.Next(_chain.Payment(Alice, Bob, 100));
        ChainProfile exact = _chain.Profile with { Limits = new LedgerLimits { MaxBlockBytes = block.Encoded.Length } };
        ChainProfile tooSmall = _chain.Profile with { Limits = new LedgerLimits { MaxBlockBytes = block.Encoded.Length - 1 } };

        Assert.That(BlockRules.CheckBody(block, exact), Is.EqualTo(Verdict.Valid));
        Assert.That(
            BlockRules.CheckBody(block, tooSmall),
            Is.EqualTo(Rejected(BlockRule.BlockTooLarge, (ulong)block.Encoded.Length, (ulong)block.Encoded.Length - 1)));
    }

    [Test]
    public void Limits_OfStandard_AreThoseOfTheProtocol()
    {
        LedgerLimits limits = _chain.Profile.Limits;

        Assert.That(limits.MaxPayloadBytes, Is.EqualTo(4_096));
        Assert.That(limits.MaxTransactionBytes, Is.EqualTo(8_192));
        Assert.That(limits.MaxBlockBytes, Is.EqualTo(1_048_576));
        Assert.That(limits.MaxSealBytes, Is.EqualTo(1_024));
        Assert.That(limits.MaxCertificateBytes, Is.EqualTo(65_536));
    }

    [Test]
    [Covers(BlockRule.Empty)]
    public void CheckBody_NoTransaction_IsRejected() =>
        AssertBody(_chain.Assemble([]), Rejected(BlockRule.Empty, 0UL, "at least one transaction"));

    [Test]
    [Covers(BlockRule.MerkleRootMismatch)]
    public void CheckBody_AnotherMerkleRoot_IsRejected()
    {
        HashedBlock block = _chain.Assemble([_chain.Reward()], header => header with { MerkleRoot = Plain.Fill(9) });

        AssertBody(block, Rejected(BlockRule.MerkleRootMismatch, Plain.Fill(9), format.Leaf(block.Block.Transactions[0], 0)));
    }

    [Test]
    [Covers(BlockRule.RewardMisplaced)]
    public void CheckBody_FirstTransactionNotFromRoot_IsRejected() =>
        AssertBody(
            _chain.Assemble([_chain.Payment(Alice, Bob, 100)]),
            Rejected(BlockRule.RewardMisplaced, Alice.Value, "a reward from root in the first place").At(0));

    [Test]
    [Covers(BlockRule.RewardMisplaced)]
    public void CheckBody_SecondReward_IsRejected() =>
        AssertBody(
            _chain.Next(_chain.Payment(Alice, Bob, 100), _chain.Reward()),
            Rejected(BlockRule.RewardMisplaced, "a transaction from root", "a sender with a key").At(2));

    [Test]
    [Covers(BlockRule.PaidToRoot)]
    public void CheckBody_RewardToRoot_IsRejected() =>
        AssertBody(
            _chain.Assemble([_chain.Reward(receiver: Address.Root)]),
            Rejected(BlockRule.PaidToRoot, Hash256.Zero, "a receiver other than root").At(0));

    [Test]
    [Covers(BlockRule.PaidToRoot)]
    public void CheckBody_PaymentToRoot_IsRejected() =>
        AssertBody(
            _chain.Next(_chain.Payment(Alice, Address.Root, 100)),
            Rejected(BlockRule.PaidToRoot, Hash256.Zero, "a receiver other than root").At(1));

    [Test]
    [Covers(BlockRule.RewardMalformed)]
    public void CheckBody_SignedReward_IsRejected()
    {
        byte[] signature = new byte[65];
        signature[64] = 1;

        AssertBody(
            _chain.Assemble([_chain.Reward(signature: signature)]),
            Rejected(BlockRule.RewardMalformed, "a signature", "65 zero bytes").At(0));
    }

    [Test]
    [Covers(BlockRule.AmountOutOfRange)]
    public void CheckBody_AmountZero_IsRejected() =>
        AssertBody(_chain.Next(_chain.Payment(Alice, Bob, 0)), Rejected(BlockRule.AmountOutOfRange, 0UL, "at least 1").At(1));

    [Test]
    [Covers(BlockRule.TransactionTooLarge)]
    public void CheckBody_TransactionAboveTheLimit_IsRejected()
    {
        HashedBlock block = _chain.Next(_chain.Payment(Alice, Bob, 100));
        int size = block.Transactions[1].Size;
        ChainProfile exact = _chain.Profile with { Limits = new LedgerLimits { MaxTransactionBytes = size } };
        ChainProfile tooSmall = _chain.Profile with { Limits = new LedgerLimits { MaxTransactionBytes = size - 1 } };

        Assert.That(BlockRules.CheckBody(block, exact), Is.EqualTo(Verdict.Valid));
        Assert.That(
            BlockRules.CheckBody(block, tooSmall),
            Is.EqualTo(Rejected(BlockRule.TransactionTooLarge, (ulong)size, (ulong)size - 1).At(1)));
    }

    [Test]
    [Covers(BlockRule.BalanceInsufficient)]
    public void Execute_OneUnitMoreThanOwned_IsRejected() =>
        AssertExecution(_chain.Next(_chain.Payment(Alice, Bob, 1_001)), Rejected(BlockRule.BalanceInsufficient, 1_000UL, 1_001UL).At(1));

    [Test]
    [Covers(BlockRule.BalanceInsufficient)]
    public void Execute_SpentTwiceInABlock_IsRejectedTheSecondTime() =>
        AssertExecution(
            _chain.Next(_chain.Payment(Alice, Bob, 600), _chain.Payment(Alice, Carol, 600)),
            Rejected(BlockRule.BalanceInsufficient, 400UL, 600UL).At(2));

    [Test]
    public void Execute_PaidOnWithinABlock_IsValidInOrderOnly()
    {
        Transaction first = _chain.Payment(Alice, Carol, 1_000);
        Transaction second = _chain.Payment(Carol, Bob, 1_000);

        AssertExecution(_chain.Next(second, first), Rejected(BlockRule.BalanceInsufficient, 0UL, 1_000UL).At(1));
        AssertExecution(_chain.Next(first, second), Verdict.Valid);
    }

    [Test]
    public void Execute_SelfPayment_NeedsTheWholeAmountFirst()
    {
        AssertExecution(_chain.Next(_chain.Payment(Alice, Alice, 1_001)), Rejected(BlockRule.BalanceInsufficient, 1_000UL, 1_001UL).At(1));
        _chain.Adopt(_chain.Next(_chain.Payment(Alice, Alice, 1_000)));
        Assert.That(_chain.State.BalanceOf(Alice), Is.EqualTo(1_000));
    }

    [Test]
    [Covers(BlockRule.TagReused)]
    public void Execute_TagUsedTwiceInABlock_IsRejected()
    {
        TransactionTag tag = _chain.Tag();

        AssertExecution(
            _chain.Next(_chain.Payment(Alice, Bob, 100, tag: tag), _chain.Payment(Alice, Carol, 7, tag: tag)),
            Rejected(BlockRule.TagReused, tag.Value, "a tag that the sender has not used").At(2));
    }

    [Test]
    [Covers(BlockRule.TagReused)]
    public void Execute_TagOfAnEarlierBlock_IsRejectedForTheSameSenderOnly()
    {
        TransactionTag tag = _chain.Tag(validUntil: 20);
        _chain.Adopt(_chain.Next(_chain.Payment(Alice, Bob, 100, tag: tag)));

        AssertExecution(
            _chain.Next(_chain.Payment(Alice, Bob, 100, tag: tag)),
            Rejected(BlockRule.TagReused, tag.Value, "a tag that the sender has not used").At(1));
        AssertExecution(_chain.Next(_chain.Payment(Bob, Alice, 100, tag: tag)), Verdict.Valid);
    }

    [TestCase(49UL)]
    [TestCase(51UL)]
    [TestCase(0UL)]
    [Covers(BlockRule.RewardAmountWrong)]
    public void Execute_AnotherRewardThanTheSubsidy_IsRejected(ulong amount) =>
        AssertExecution(_chain.Assemble([_chain.Reward(amount: amount)]), Rejected(BlockRule.RewardAmountWrong, amount, 50UL).At(0));

    [Test]
    [Covers(BlockRule.PaymentTooSmall)]
    public void Execute_OpeningPaymentBelowTheMinimum_IsRejected()
    {
        AssertExecution(_chain.Next(_chain.Payment(Alice, Carol, 4)), Rejected(BlockRule.PaymentTooSmall, 4UL, 5UL).At(1));
        AssertExecution(_chain.Next(_chain.Payment(Alice, Carol, 5), _chain.Payment(Alice, Carol, 1)), Verdict.Valid);
    }

    [Test]
    public void Execute_AtTheGreatestSupply_CreatesWhatIsLeft_ThenFeesOnly()
    {
        // No chain gets there by subsidies within a test: the state is set to 100 units below.
        const ulong max = 9_223_372_036_854_775_807;
        StateOverlay state = _chain.Overlay();
        state.Supply = max - 70;
        foreach (ulong created in new ulong[] { 50, 20, 0, 0 })
        {
            var execution = new BlockExecution(_chain.Profile, state);
            TransactionTag tag = _chain.Tag(execution.Height);
            Assert.That(execution.RewardAmount, Is.EqualTo(created));
            Assert.That(
                execution.ApplyReward(_chain.Reward(amount: created + 1, tag: tag)),
                Is.EqualTo(Rejected(BlockRule.RewardAmountWrong, found: created + 1, expected: created)));
            Assert.That(execution.ApplyReward(_chain.Reward(amount: created, tag: tag)), Is.EqualTo(Verdict.Valid));
            execution.Complete(default, Work.Zero);
        }

        Assert.That(state.Supply, Is.EqualTo(max));
    }

    private static Verdict Rejected(BlockRule rule, RuleValue found, RuleValue expected) =>
        new(VerdictKind.Invalid, rule, expected, found);

    private void AssertBody(HashedBlock block, Verdict expected)
    {
        Assert.That(BlockRules.CheckBody(_chain.Next(_chain.Payment(Alice, Bob, 100)), _chain.Profile), Is.EqualTo(Verdict.Valid));
        Assert.That(BlockRules.CheckBody(block, _chain.Profile), Is.EqualTo(expected));
    }

    private void AssertExecution(HashedBlock block, Verdict expected) => ExecutionCheck.Assert(_chain, block, expected);
}
