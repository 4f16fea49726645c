using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>What a development chain starts with.</summary>
internal sealed record DevStart(
    DevOptions Options, ChainProfile Profile, BlockId ChainId, Calibration Calibration, IReadOnlyList<DevAccount> Accounts, Address RewardTo)
{
    /// <summary>What the traffic breaks, or <c>null</c> without traffic.</summary>
    public RuleCoverage? Coverage { get; init; }
}
