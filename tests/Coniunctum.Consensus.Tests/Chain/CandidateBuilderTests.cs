using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class CandidateBuilderTests(IBlockFormat format)
{
    private World _world = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateChain() => Use(ProfileOf(format));

    [Test]
    public void Candidate_OfAnEmptyPool_IsTheRewardAlone()
    {
        BlockDraft draft = _node.Candidate();

        Transaction reward = draft.Transactions.Single();
        Assert.That((reward.Sender, reward.Receiver, reward.Amount, reward.Fee), Is.EqualTo((Address.Root, Miner, 50UL, 0UL)));
        HashedBlock block = Adopt(draft);
        Assert.That(_node.Core.Tip, Is.SameAs(block));
        Assert.That(_node.Core.State.BalanceOf(Miner), Is.EqualTo(50));
    }

    [Test]
    public void Candidate_SumsTheFeesIntoTheReward()
    {
        ulong fee = format.Traits.HasFees ? 7UL : 0;
        Transaction[] payments = [_world.Pay(Alice, Carol, 10, fee), _world.Pay(Bob, Carol, 20, fee * 2)];
        foreach (Transaction payment in payments) Assert.That(_node.Submit(payment).IsValid);

        BlockDraft draft = _node.Candidate();

        Assert.That(draft.Transactions[0].Amount, Is.EqualTo(50 + (3 * fee)));
        Assert.That(
            draft.Transactions.Skip(1).Select(_world.IdOf),
            Is.EqualTo((format.Traits.HasFees ? payments.Reverse() : payments).Select(_world.IdOf)));
        Adopt(draft);
        Assert.That(_node.Core.State.BalanceOf(Carol), Is.EqualTo(30));
        Assert.That(_node.Core.State.BalanceOf(Miner), Is.EqualTo(50 + (3 * fee)));
        Assert.That(_node.Core.PoolCount, Is.Zero);
    }

    [Test]
    public void Candidate_WithManyTransactions_FillsTheBlockWithoutPassingItsLimit()
    {
        // Enough that the positions, of three bytes each, are more than any slack.
        const int limit = 400_000;
        Use(ProfileOf(format) with
        {
            Limits = new LedgerLimits { MaxBlockBytes = limit },
            Genesis = new GenesisSpec { Timestamp = default, Allocations = [new(Alice, 100_000)] },
        });
        for (int i = 0; i < 2_500; i++) Assert.That(_node.Submit(_world.Pay(Alice, Carol, 1)).IsValid);

        BlockDraft draft = _node.Candidate();
        HashedBlock block = Adopt(draft);

        Assert.That(draft.Transactions, Has.Length.GreaterThan(1_800));
        Assert.That(block.Size, Is.LessThanOrEqualTo(limit).And.GreaterThan(limit * 96 / 100));
        Assert.That(_node.Core.Tip, Is.SameAs(block));
        Assert.That(_node.Core.PoolCount, Is.EqualTo(2_501 - draft.Transactions.Length));
    }

    [Test]
    public void Candidate_UnderTheSmallestLimits_HoldsTheLargestTransaction()
    {
        int size = _world.Hash(_world.Pay(Alice, Carol, 1_000)).Size;
        Use(ProfileOf(format) with
        {
            Limits = new LedgerLimits { MaxPayloadBytes = 0, MaxTransactionBytes = size + 4, MaxBlockBytes = size + 4 + LedgerLimits.BlockOverheadBytes },
        });
        Assert.That(_node.Submit(_world.Pay(Alice, Carol, 1_000)).IsValid);

        BlockDraft draft = _node.Candidate();

        Assert.That(draft.Transactions, Has.Length.EqualTo(2));
        Adopt(draft);
    }

    [Test]
    public void Candidate_AfterAHalving_IsPaidTheHalf()
    {
        Use(ProfileOf(format) with { Subsidy = new SubsidySchedule.Halving(50, 2) });

        Assert.That(Enumerable.Range(0, 14).Select(_ => Adopt(_node.Candidate()).Block.Transactions[0].Amount),
            Is.EqualTo(new ulong[] { 50, 50, 25, 25, 12, 12, 6, 6, 3, 3, 1, 1, 0, 0 }));
        Assert.That(_node.Core.State.Supply, Is.EqualTo(1_500 + (2 * (50 + 25 + 12 + 6 + 3 + 1))));
    }

    [Test]
    public void Candidate_LeavesOutWhatIsNotMature()
    {
        if (!format.Traits.TagsExpire) Use(ProfileOf(format) with { RewardMaturity = 0 });
        else Use(ProfileOf(format) with { RewardMaturity = 2 });
        Adopt(_node.Candidate());

        Admission(_world.Pay(Miner, Carol, 50), isAccepted: !format.Traits.TagsExpire);
        Adopt(_node.Candidate());
        Adopt(_node.Candidate());
        Admission(_world.Pay(Miner, Carol, 50), isAccepted: true);
        Assert.That(Adopt(_node.Candidate()).Block.Transactions, Has.Count.EqualTo(2));

        void Admission(Transaction transaction, bool isAccepted) => Assert.That(_node.Submit(transaction).IsValid, Is.EqualTo(isAccepted));
    }

    [Test]
    public void Candidate_IsNeverTwiceTheSameReward()
    {
        // Where tags never expire, root must not use one twice: over heights, receivers and extra nonces.
        var tags = new HashSet<TransactionTag>();
        for (int i = 0; i < 10; i++)
        {
            BlockDraft draft = _node.Candidate(i % 2 == 0 ? Miner : OtherMiner);
            Assert.That(tags.Add(draft.WithExtraNonce(1).Transactions[0].Tag));
            Assert.That(tags.Add(draft.WithExtraNonce(1UL << 40).Transactions[0].Tag));
            Adopt(draft);
        }
    }

    [Test]
    public void Candidate_BehindAClockThatLags_IsLaterThanTheMedian()
    {
        Adopt(_node.Candidate());
        _node.Now = new Timestamp(999_000_000);

        Assert.That(Adopt(_node.Candidate()).Header.Timestamp, Is.EqualTo(new Timestamp(format.Traits.HasExtendedHeader ? 1_000_000_001UL : 0)));
    }

    private void Use(ChainProfile profile)
    {
        _world = new World(profile);
        _node = new ChainHarness(_world, new PoolOptions { MaxPerSender = 3_000 });
    }

    /// <summary>Finishes the candidate and sees it become the tip.</summary>
    private HashedBlock Adopt(BlockDraft draft)
    {
        BlockDraft varied = draft.WithExtraNonce(0);
        ulong nonce = 0;
        while (format.Digest(varied.Header with { Nonce = nonce }) >= varied.Header.Target) nonce++;
        HashedBlock block = varied.Seal(nonce, default);
        Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.LastVerdict(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(block));
        return block;
    }
}
