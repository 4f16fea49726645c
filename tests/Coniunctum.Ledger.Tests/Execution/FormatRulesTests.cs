using Coniunctum.Crypto;
using Coniunctum.Crypto.Merkle;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Tests.Support;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Execution;

/// <summary>Rules that only one of the formats can break within a block.</summary>
public sealed class FormatRulesTests
{
    private TestChain _standard = null!;
    private TestChain _int32Coin = null!;

    [SetUp]
    public void CreateChains()
    {
        _standard = new TestChain(StandardFormat.Instance);
        _int32Coin = new TestChain(Int32CoinFormat.Instance);
    }

    [TestCase(0, 0UL)]
    [TestCase(65_535, 3UL)]
    [Covers(BlockRule.RulesetWrong)]
    public void CheckPlace_HeightOfAnUpgrade_AsksForItsRuleset(int found, ulong height)
    {
        ChainProfile profile = _standard.Profile with { Upgrades = [new(3, 1), new(4, 7)] };
        BlockHeader parent = _standard.Tip.Header with { Height = height };
        BlockHeader header = parent with { Height = height + 1, Ruleset = height == 0 ? (ushort)0 : (ushort)7 };

        Assert.That(BlockRules.CheckPlace(header, parent, profile), Is.EqualTo(Verdict.Valid));
        Assert.That(
            BlockRules.CheckPlace(header with { Ruleset = (ushort)(found + 1) }, parent, profile),
            Is.EqualTo(Verdict.Invalid(BlockRule.RulesetWrong, (ulong)(ushort)(found + 1), height == 0 ? 0UL : 7UL)));
    }

    [Test]
    [Covers(BlockRule.SealInvalid)]
    public void CheckBody_SealAboveTheLimit_IsRejected()
    {
        Assert.That(Check(1_024), Is.EqualTo(Verdict.Valid));
        Assert.That(Check(1_025), Is.EqualTo(Verdict.Invalid(BlockRule.SealInvalid, found: 1_025UL, expected: 1_024UL)));

        Verdict Check(int sealBytes) => BlockRules.CheckBody(WithWitnesses(_standard.Next(), sealBytes, null), _standard.Profile);
    }

    [Test]
    public void CheckBody_FullBlock_IsNotMadeTooLargeByItsWitnesses()
    {
        HashedBlock bare = _standard.Next(_standard.Payment(Alice, Bob, 100));
        ChainProfile exact = _standard.Profile with { Limits = new LedgerLimits { MaxBlockBytes = bare.Size } };
        Assert.That(bare.Size, Is.EqualTo(bare.Encoded.Length));

        // The lengths at which a byte string's head grows.
        foreach (int sealBytes in new[] { 0, 1, 255, 256, 1_024 })
        {
            foreach (int? certificateBytes in new int?[] { null, 0, 255, 256, 65_535, 65_536 })
            {
                HashedBlock block = WithWitnesses(bare, sealBytes, certificateBytes);
                Assert.That(block.Size, Is.EqualTo(bare.Size), $"{sealBytes} {certificateBytes}");
                Assert.That(block.Id, Is.EqualTo(bare.Id));
                Assert.That(BlockRules.CheckBody(block, exact), Is.EqualTo(Verdict.Valid));
            }
        }
    }

    [Test]
    [Covers(BlockRule.RewardMalformed)]
    public void CheckBody_RewardWithAFeeOrAPayload_IsRejected()
    {
        foreach ((ulong fee, int payloadBytes) in new[] { (1UL, 0), (0UL, 1) })
        {
            Transaction reward = _standard.Payment(Address.Root, Miner, 50, fee, payloadBytes: payloadBytes);
            Assert.That(
                BlockRules.CheckBody(_standard.Assemble([reward]), _standard.Profile),
                Is.EqualTo(Verdict.Invalid(BlockRule.RewardMalformed, found: "a fee or a payload", expected: "neither").At(0)));
        }
    }

    [TestCase(0UL)]
    [TestCase(2UL)]
    [Covers(BlockRule.RewardMalformed)]
    public void CheckBody_RewardsTagOfAnotherHeight_IsRejected(ulong height)
    {
        HashedBlock block = _standard.Assemble([_standard.Reward(tag: _standard.Tag(height))]);

        Assert.That(
            BlockRules.CheckBody(block, _standard.Profile),
            Is.EqualTo(Verdict.Invalid(BlockRule.RewardMalformed, found: height, expected: 1UL).At(0)));
    }

    [TestCase(0)]
    [TestCase(64)]
    [TestCase(66)]
    [Covers(BlockRule.RewardMalformed)]
    public void CheckBody_RewardsSignatureOfAnotherLength_IsRejected(int length) =>
        Assert.That(
            BlockRules.CheckBody(_standard.Assemble([_standard.Reward(signature: new byte[length])]), _standard.Profile),
            Is.EqualTo(Verdict.Invalid(BlockRule.RewardMalformed, found: "a signature", expected: "65 zero bytes").At(0)));

    [Test]
    [Covers(BlockRule.TransactionTooLarge)]
    public void CheckBody_PayloadThatMakesATransactionTooLarge_IsRejected()
    {
        // 1 + 3 * 34 + 1 + 1 + 67 bytes beside the payload, whose head has 3: amount and fee are small numbers.
        const int rest = 175;
        HashedBlock block = _standard.Next(_standard.Payment(Alice, Bob, 100, payloadBytes: 8_192 - rest + 1));

        Assert.That(
            BlockRules.CheckBody(block, _standard.Profile),
            Is.EqualTo(Verdict.Invalid(BlockRule.TransactionTooLarge, found: 8_193UL, expected: 8_192UL).At(1)));
    }

    [Test]
    [Covers(BlockRule.PayloadInvalid)]
    public void CheckBody_PayloadWithoutApplications_IsRejected() =>
        Assert.That(
            BlockRules.CheckBody(_standard.Next(_standard.Payment(Alice, Bob, 100, payloadBytes: 3)), _standard.Profile),
            Is.EqualTo(Verdict.Invalid(BlockRule.PayloadInvalid, found: 3UL, expected: "an empty payload: the profile has no applications").At(1)));

    [Test]
    [Covers(BlockRule.MerkleRootMismatch)]
    public void CheckBody_MutatedList_IsRejectedThoughItsRootIsRight()
    {
        // CVE-2012-2459. int32coin's leaves hold their position, so a repeated transaction is another leaf; the check is
        // for formats whose leaves do not.
        var chain = new TestChain(ProfileOf(new PositionBlindFormat()));
        Transaction last = chain.Payment(Alice, Bob, 10);
        HashedBlock block = chain.Next(chain.Payment(Alice, Bob, 20), last);
        var twice = new Block { Header = block.Header, Transactions = [.. block.Block.Transactions, last] };
        var mutated = HashedBlock.Create(twice, chain.Format, chain.Id);

        Assert.That(BlockRules.CheckBody(block, chain.Profile), Is.EqualTo(Verdict.Valid));
        Assert.That(mutated.Id, Is.EqualTo(block.Id));
        Assert.That(mutated.ComputedMerkleRoot, Is.EqualTo(block.ComputedMerkleRoot));
        Assert.That(
            BlockRules.CheckBody(mutated, chain.Profile),
            Is.EqualTo(Verdict.Invalid(BlockRule.MerkleRootMismatch, found: "a mutated list", expected: "a list without repeated subtrees")));
    }

    [Test]
    [Covers(BlockRule.StateRootMismatch)]
    public void Execute_AnotherStateRoot_IsRejected()
    {
        HashedBlock right = _standard.Next();
        HashedBlock block = _standard.Assemble([_standard.Reward()], header => header with { StateRoot = Plain.Fill(5) });

        ExecutionCheck.Assert(
            _standard, block, Verdict.Invalid(BlockRule.StateRootMismatch, found: Plain.Fill(5), expected: right.Header.StateRoot));
    }

    [Test]
    [Covers(BlockRule.HistoryRootMismatch)]
    public void Execute_AnotherHistoryRoot_IsRejected()
    {
        HashedBlock block = _standard.Assemble([_standard.Reward()], header => header with { HistoryRoot = Plain.Fill(5) });

        ExecutionCheck.Assert(
            _standard, block, Verdict.Invalid(BlockRule.HistoryRootMismatch, found: Plain.Fill(5), expected: _standard.State.HistoryRoot));
    }

    [Test]
    [Covers(BlockRule.RewardAmountWrong)]
    public void Execute_RewardWithoutTheFees_IsRejected()
    {
        Transaction first = _standard.Payment(Alice, Bob, 100, fee: 3);
        Transaction second = _standard.Payment(Bob, Alice, 100, fee: 4);

        ExecutionCheck.Assert(
            _standard,
            _standard.Assemble([_standard.Reward(), first, second]),
            Verdict.Invalid(BlockRule.RewardAmountWrong, found: 50UL, expected: 57UL).At(0));
        _standard.Adopt(_standard.Assemble([_standard.Reward(fees: 7), first, second]));
        Assert.That(_standard.State.BalanceOf(Miner), Is.EqualTo(57));
        Assert.That(_standard.State.Supply, Is.EqualTo(1_550), "fees change hands, nothing more");
    }

    [Test]
    [Covers(BlockRule.BalanceInsufficient)]
    public void Execute_FeeBeyondTheBalance_IsRejected() =>
        ExecutionCheck.Assert(
            _standard,
            _standard.Next(_standard.Payment(Alice, Bob, 990, fee: 11)),
            Verdict.Invalid(BlockRule.BalanceInsufficient, found: 1_000UL, expected: 1_001UL).At(1));

    [Test]
    [Covers(BlockRule.BalanceInsufficient)]
    public void Execute_AmountAndFeeThatTogetherNeed64Bits_AreSummedWhole()
    {
        // 2^63-1 twice: the sum must not wrap to a small number.
        Transaction payment = _standard.Payment(Alice, Bob, 9_223_372_036_854_775_807, fee: 9_223_372_036_854_775_807);
        HashedBlock block = _standard.Assemble([_standard.Reward(), payment]);

        ExecutionCheck.Assert(
            _standard, block, Verdict.Invalid(BlockRule.BalanceInsufficient, found: 1_000UL, expected: 18_446_744_073_709_551_614UL).At(1));
    }

    [Test]
    [Covers(BlockRule.TagOutsideWindow)]
    public void Execute_ValidityOutsideTheWindow_IsRejected()
    {
        ExecutionCheck.Assert(
            _standard,
            _standard.Next(_standard.Payment(Alice, Bob, 100, tag: _standard.Tag(validUntil: 0))),
            Verdict.Invalid(BlockRule.TagOutsideWindow, found: 0UL, expected: 1UL).At(1));
        ExecutionCheck.Assert(
            _standard,
            _standard.Next(_standard.Payment(Alice, Bob, 100, tag: _standard.Tag(validUntil: 26))),
            Verdict.Invalid(BlockRule.TagOutsideWindow, found: 26UL, expected: 25UL).At(1));
        ExecutionCheck.Assert(_standard, _standard.Next(_standard.Payment(Alice, Bob, 100, tag: _standard.Tag(validUntil: 25))), Verdict.Valid);
    }

    [Test]
    [Covers(BlockRule.TagReused)]
    public void Execute_Int32CoinRewardWithAnEarlierRewardsTag_IsRejected()
    {
        TransactionTag tag = _int32Coin.Tag();
        _int32Coin.Adopt(_int32Coin.Assemble([_int32Coin.Reward(tag: tag)]));

        ExecutionCheck.Assert(
            _int32Coin,
            _int32Coin.Assemble([_int32Coin.Reward(tag: tag)]),
            Verdict.Invalid(BlockRule.TagReused, found: tag.Value, expected: "a tag that root has not used").At(0));
        ExecutionCheck.Assert(
            _int32Coin,
            _int32Coin.Assemble([_int32Coin.Reward(tag: default(TransactionTag))]),
            Verdict.Invalid(BlockRule.TagReused, found: Hash256.Zero, expected: "a tag that root has not used").At(0));
    }

    [Test]
    public void Execute_Int32CoinReward_MayBeSpentInItsOwnBlock()
    {
        _int32Coin.Adopt(_int32Coin.Next(_int32Coin.Payment(Miner, Carol, 50)));
        Assert.That(_int32Coin.State.BalanceOf(Carol), Is.EqualTo(50));

        ExecutionCheck.Assert(
            _standard,
            _standard.Next(_standard.Payment(Miner, Carol, 50)),
            Verdict.Invalid(BlockRule.BalanceInsufficient, found: 0UL, expected: 50UL).At(1));
    }

    private HashedBlock WithWitnesses(HashedBlock bare, int sealBytes, int? certificateBytes)
    {
        var block = new Block
        {
            Header = bare.Header,
            Transactions = bare.Block.Transactions,
            Seal = new byte[sealBytes],
            Certificate = certificateBytes is { } length ? new ReadOnlyMemory<byte>(new byte[length]) : default(ReadOnlyMemory<byte>?),
        };
        return HashedBlock.Create(block, _standard.Format, _standard.Id);
    }

    /// <summary>int32coin with every transaction's leaf at position 0, as in Bitcoin.</summary>
    private sealed class PositionBlindFormat : IBlockFormat
    {
        public FormatTraits Traits => Int32CoinFormat.Instance.Traits;

        public IBlockCodec Codec => Int32CoinFormat.Instance.Codec;

        public Hash256 Digest(BlockHeader header) => Int32CoinFormat.Instance.Digest(header);

        public TransactionId SigningDigest(Transaction transaction, BlockId chainId) => Int32CoinFormat.Instance.SigningDigest(transaction, chainId);

        public Hash256 Leaf(Transaction transaction, int index) => Int32CoinFormat.Instance.Leaf(transaction, 0);

        public bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root) => Int32CoinFormat.Instance.TryComputeRoot(leaves, out root);

        public MerkleProof ProveLeaf(ReadOnlySpan<Hash256> leaves, int index) => Int32CoinFormat.Instance.ProveLeaf(leaves, index);

        public bool VerifyLeaf(Hash256 root, Hash256 leaf, MerkleProof proof) => Int32CoinFormat.Instance.VerifyLeaf(root, leaf, proof);
    }
}
