using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Tests.Dev;

public sealed class DevTallyTests
{
    [TestCase(BlockRule.None, BlockRule.None, PoolRule.None, true)]
    [TestCase(BlockRule.None, BlockRule.TagReused, PoolRule.None, false)]
    [TestCase(BlockRule.None, BlockRule.None, PoolRule.Busy, false)]
    [TestCase(BlockRule.TagReused, BlockRule.TagReused, PoolRule.None, true)]
    [TestCase(BlockRule.TagReused, BlockRule.PaidToRoot, PoolRule.None, false)]
    [TestCase(BlockRule.TagReused, BlockRule.None, PoolRule.None, false)]
    [TestCase(BlockRule.TagReused, BlockRule.None, PoolRule.AlreadyKnown, false)]
    public void Add_AJudgement_CountsItAsAMismatchUnlessItIsTheIntendedOne(BlockRule intended, BlockRule found, PoolRule pool, bool isAsIntended)
    {
        Verdict verdict = found == BlockRule.None ? Verdict.Valid : Verdict.Invalid(found, 1, 2);
        var judgement = new Judgement(false, intended, "something", verdict, pool) { Transfer = new AcceptedTransfer(default, 1, 2, 3) };
        var tally = new DevTally(0, 0);

        tally.Add(judgement);

        Assert.That(tally.Mismatched, Is.EqualTo(isAsIntended ? 0 : 1));
        Assert.That(tally.Accepted + tally.RejectedTransfers.Values.Sum(), Is.EqualTo(1));
    }

    [Test]
    public void Recent_OfATransferInABlock_CountsTheBlocksFromItsOwn()
    {
        Transaction transfer = SomeTransaction(1);
        HashedBlock first = BlockAt(1, SomeTransaction(0), transfer);
        HashedBlock second = BlockAt(2, SomeTransaction(0));
        var tally = new DevTally(0, 0);

        tally.Add(Accepted(first.Transactions[1].Id));
        tally.Add(first);
        tally.Add(second);

        Assert.That(tally.Recent.Single().Confirmations, Is.EqualTo(2));
        Assert.That(tally.Confirmed, Is.EqualTo(1));
    }

    [Test]
    public void Recent_OfATransferWhoseAnswerComesAfterItsBlock_CountsItsBlockToo()
    {
        HashedBlock block = BlockAt(1, SomeTransaction(0), SomeTransaction(1));
        var tally = new DevTally(0, 0);

        tally.Add(block);
        tally.Add(Accepted(block.Transactions[1].Id));

        Assert.That(tally.Recent.Single().Confirmations, Is.EqualTo(1));
    }

    /// <summary>Blocks of before the run are taken back, and others put in their place, which are taken back in their turn.</summary>
    [Test]
    public void Remove_OfABlockOfBeforeTheRun_TakesBackItsSubsidyButNoConfirmation()
    {
        HashedBlock before = BlockAt(2, SomeTransaction(50), SomeTransaction(1)), after = BlockAt(2, SomeTransaction(50), SomeTransaction(2), SomeTransaction(3));
        var tally = new DevTally(2, 100);

        tally.Remove(before, BlockAt(1));
        Assert.That((tally.Height, tally.Confirmed, tally.Subsidies), Is.EqualTo((1UL, 0L, (UInt128)50)));
        tally.Add(after);
        Assert.That((tally.Height, tally.Confirmed, tally.Subsidies), Is.EqualTo((2UL, 2L, (UInt128)100)));
        tally.Remove(after, BlockAt(1));
        Assert.That((tally.Height, tally.Confirmed, tally.Subsidies), Is.EqualTo((1UL, 0L, (UInt128)50)));
    }

    [TestCase(100, 50, 50, 0, true)]
    [TestCase(101, 50, 50, 0, false)]
    [TestCase(100, 50, 49, 0, false)]
    [TestCase(100, 50, 50, 1, false)]
    public void IsSound_NeedsAnExactSupplyAndNoMismatch(int supply, int subsidies, int scheduled, int mismatched, bool isSound)
    {
        var summary = new DevSummary
        {
            Profile = "test",
            StartHeight = 0,
            Height = 1,
            Tip = default,
            GenesisSupply = 50,
            Subsidies = (UInt128)subsidies,
            ScheduledSubsidies = (UInt128)scheduled,
            Supply = (UInt128)supply,
            Accepted = 0,
            Confirmed = 0,
            Rejected = new Dictionary<string, long>(StringComparer.Ordinal),
            RejectedBlocks = new Dictionary<string, long>(StringComparer.Ordinal),
            Mismatched = mismatched,
            Hashes = 0,
            Elapsed = default,
        };

        Assert.That(summary.IsValid, Is.EqualTo(isSound));
    }

    private static Judgement Accepted(TransactionId id) =>
        new(false, BlockRule.None, "valid", Verdict.Valid, PoolRule.None) { Transfer = new AcceptedTransfer(id, 1, 2, 3) };

    private static Transaction SomeTransaction(ulong amount) => new()
    {
        Tag = default,
        Sender = default,
        Receiver = default,
        Amount = amount,
        Signature = new byte[65],
    };

    private static HashedBlock BlockAt(ulong height, params Transaction[] transactions)
    {
        var header = new BlockHeader { Height = height, Nonce = 0, Previous = default, MerkleRoot = default, Target = default };
        return HashedBlock.Create(new Block { Header = header, Transactions = transactions }, StandardFormat.Instance, default);
    }
}
