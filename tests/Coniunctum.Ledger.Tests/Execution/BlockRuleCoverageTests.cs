namespace Coniunctum.Ledger.Tests.Execution;

public sealed class BlockRuleCoverageTests
{
    // The consensus rule and the chain find these; their tests are those of Coniunctum.Consensus.
    private static readonly BlockRule[] FoundByConsensus =
    [
        BlockRule.ProofInvalid,
        BlockRule.TargetWrong,
        BlockRule.PreviousUnknown,
        BlockRule.TimestampTooOld,
        BlockRule.TimestampTooNew,
        BlockRule.Overflow,
        BlockRule.CertificateInvalid,
        BlockRule.ContradictsFinality,
        BlockRule.ParentInvalid,
    ];

    [Test]
    public void EveryRule_ThatALedgerFinds_HasAFailingTest() =>
        CoveredRules.AssertAllBut(typeof(BlockRuleCoverageTests).Assembly, FoundByConsensus);

    [Test]
    public void EveryRule_HasItsNumber()
    {
        // Errors name rules by number: what was published stays.
        Assert.That(
            Enum.GetValues<BlockRule>().Select(rule => Invariant($"{(int)rule} {rule}")),
            Is.EqualTo(new[]
            {
                "0 None", "1 ProofInvalid", "2 TargetWrong", "3 PreviousUnknown", "4 MerkleRootMismatch", "5 HeightWrong",
                "6 SignatureInvalid", "7 BalanceInsufficient", "8 TagReused", "9 RewardMisplaced", "10 RewardAmountWrong",
                "11 PaidToRoot", "12 Empty", "13 TimestampTooOld", "14 TimestampTooNew", "15 RulesetWrong",
                "16 StateRootMismatch", "17 HistoryRootMismatch", "18 BlockTooLarge", "19 TransactionTooLarge",
                "20 TagOutsideWindow", "21 AmountOutOfRange", "22 PaymentTooSmall", "23 PayloadInvalid", "24 RewardMalformed",
                "25 Overflow", "26 SealInvalid", "27 CertificateInvalid", "28 ContradictsFinality", "29 ParentInvalid",
                "30 WorkExceeded",
            }));
    }
}
