using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Data;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>What a development chain starts with.</summary>
internal sealed record DevStart(
    DevOptions Options, DevSettings Settings, ChainProfile Profile, BlockId ChainId, Calibration Calibration, IReadOnlyList<DevAccount> Accounts, Address RewardTo)
{
    /// <summary>In what the chain's rules differ from those of the profile that was asked for.</summary>
    public IReadOnlyList<RuleDifference> Differences { get; } = RuleDifference.Between(Profile, Settings.Base);

    /// <summary>The height at which the run begins: 0 on a new chain.</summary>
    public required ulong Height { get; init; }

    /// <summary>What the traffic breaks, or <c>null</c> without traffic.</summary>
    public RuleCoverage? Coverage { get; init; }
}
