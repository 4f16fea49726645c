using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Data;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>What a development chain starts with.</summary>
internal sealed record DevStart(
    DevOptions Options, DevSettings Settings, ChainProfile Profile, BlockId ChainId, IReadOnlyList<DevAccount> Accounts, Address RewardTo)
{
    /// <summary>In what the chain's rules differ from those of the profile that was asked for.</summary>
    public IReadOnlyList<RuleDifference> Differences { get; } = RuleDifference.Between(Profile, Settings.Base);

    /// <summary>What the chain, a new one, has taken over from another; <c>null</c> for nothing.</summary>
    public ForeignState? From { get; init; }

    /// <summary>The height at which the run begins: 0 on a new chain.</summary>
    public required ulong Height { get; init; }

    /// <summary>The target of the last block.</summary>
    public required Target Target { get; init; }

    /// <summary>What this machine's search did when it was measured.</summary>
    public required double HashesPerSecond { get; init; }

    /// <summary>Where a browser finds the chain; <c>null</c> for nowhere.</summary>
    public string? Http { get; init; }

    /// <summary>The file of the secret that lets the owner's programs change something there; <c>null</c> for none.</summary>
    public string? Cookie { get; init; }

    /// <summary>What the traffic breaks, or <c>null</c> without traffic.</summary>
    public RuleCoverage? Coverage { get; init; }

    /// <summary>Hashes that a block takes at that target on average.</summary>
    public BigInteger ExpectedHashes => (BigInteger.One << 256) / Target.ToNumber();

    /// <summary>The mean time between blocks at that target and rate. Single blocks take anything around it.</summary>
    public TimeSpan ExpectedBlockTime => TimeSpan.FromSeconds(Math.Min((double)ExpectedHashes / HashesPerSecond, TimeSpan.FromDays(999).TotalSeconds));

    /// <summary>Whether the target follows the hash rate.</summary>
    public bool KeepsPace => Profile.Consensus is ProofOfWork { Difficulty: not ConstantTarget };
}
