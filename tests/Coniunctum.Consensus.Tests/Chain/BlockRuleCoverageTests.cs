namespace Coniunctum.Consensus.Tests.Chain;

public sealed class BlockRuleCoverageTests
{
    // A body and its execution are the ledger's; their tests are those of Coniunctum.Ledger.
    private static readonly BlockRule[] FoundByLedgerOnly =
    [
        BlockRule.MerkleRootMismatch, BlockRule.RewardMisplaced, BlockRule.RewardAmountWrong, BlockRule.PaidToRoot,
        BlockRule.Empty, BlockRule.StateRootMismatch, BlockRule.HistoryRootMismatch, BlockRule.BlockTooLarge,
        BlockRule.TransactionTooLarge, BlockRule.TagOutsideWindow, BlockRule.AmountOutOfRange, BlockRule.PaymentTooSmall,
        BlockRule.PayloadInvalid, BlockRule.RewardMalformed, BlockRule.WorkExceeded,
    ];

    [Test]
    public void EveryRule_ThatTheChainFinds_HasAFailingTest() =>
        CoveredRules.AssertAllBut(typeof(BlockRuleCoverageTests).Assembly, FoundByLedgerOnly);
}
