using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
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
        Verdict verdict = found == BlockRule.None ? Verdict.Valid : Verdict.Reject(found, 1, 2);
        var judgement = new Judgement(false, intended, "something", verdict, pool) { Transfer = new AcceptedTransfer(default, 1, 2, 3) };
        var tally = new DevTally();

        tally.Add(judgement);

        Assert.That(tally.Mismatched, Is.EqualTo(isAsIntended ? 0 : 1));
        Assert.That(tally.Accepted + tally.RejectedTransfers.Values.Sum(), Is.EqualTo(1));
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

        Assert.That(summary.IsSound, Is.EqualTo(isSound));
    }
}
