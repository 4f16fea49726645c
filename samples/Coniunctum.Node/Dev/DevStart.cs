using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Data;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>What a development chain starts with.</summary>
internal sealed record DevStart(
    DevOptions Options, DevSettings Settings, ChainProfile Profile, BlockId ChainId, Calibration Calibration, IReadOnlyList<DevAccount> Accounts, Address RewardTo)
{
    /// <summary>The height at which the run begins: 0 on a new chain.</summary>
    public required ulong Height { get; init; }

    /// <summary>What the traffic breaks, or <c>null</c> without traffic.</summary>
    public RuleCoverage? Coverage { get; init; }
}
