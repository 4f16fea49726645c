using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Node.Traffic;

/// <summary>Which numbered rules the traffic breaks under a profile, and why it cannot break the others.</summary>
internal sealed class RuleCoverage
{
    private RuleCoverage(BlockRule[] byTransfers, BlockRule[] byBlocks, IReadOnlyDictionary<BlockRule, string> unbreakable) =>
        (ByTransfers, ByBlocks, Unbreakable) = (byTransfers, byBlocks, unbreakable);

    /// <summary>Rules that invalid transfers break, submitted to the running chain.</summary>
    public IReadOnlyList<BlockRule> ByTransfers { get; }

    /// <summary>Rules that invalid blocks break.</summary>
    public IReadOnlyList<BlockRule> ByBlocks { get; }

    /// <summary>Rules that no transfer and no block can break here, with the reason.</summary>
    public IReadOnlyDictionary<BlockRule, string> Unbreakable { get; }

    public static RuleCoverage Of(ChainProfile profile)
    {
        BlockRule[] byTransfers = [.. TransferFault.All.Where(fault => fault.AppliesTo(profile)).Select(fault => fault.Rule).Distinct().Order()];
        BlockRule[] byBlocks = [.. BlockFault.All.Where(fault => fault.AppliesTo(profile)).Select(fault => fault.Rule).Distinct().Order()];
        BlockRule[] rest = [.. Enum.GetValues<BlockRule>().Except([BlockRule.None, .. byTransfers, .. byBlocks]).Order()];
        return new RuleCoverage(byTransfers, byBlocks, rest.ToDictionary(rule => rule, rule => WhyUnbreakable(rule, profile.Format.Traits)));
    }

    private static string WhyUnbreakable(BlockRule rule, FormatTraits traits) => rule switch
    {
        BlockRule.Overflow => "the supply would have to come near 2^63 base units",
        BlockRule.ContradictsFinality => "proof-of-work makes nothing final",
        BlockRule.RulesetWrong or BlockRule.TimestampTooOld or BlockRule.TimestampTooNew or BlockRule.StateRootMismatch
            or BlockRule.HistoryRootMismatch when !traits.HasExtendedHeader => "the format's headers lack the field",
        BlockRule.SealInvalid or BlockRule.CertificateInvalid when !traits.HasExtendedHeader => "the format's blocks lack the field",
        BlockRule.TagOutsideWindow when !traits.TagsExpire => "the format's tags never expire",
        BlockRule.PayloadInvalid when !traits.HasFees => "the format's transactions lack the field",
        BlockRule.TransactionTooLarge when !traits.HasFees => "the format's transactions all have one size",
        BlockRule.WorkExceeded => "the profile has no applications",
        BlockRule.PaymentTooSmall => "the smallest amount may open an account",
        _ => throw new InvalidOperationException($"Nobody has said how {rule} is broken, or why it cannot be."),
    };
}
