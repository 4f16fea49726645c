using Coniunctum.Node.Net;

namespace Coniunctum.Node.Localnet;

/// <summary>What was asked of a local network.</summary>
internal sealed record LocalnetOptions
{
    /// <summary>Nodes that make blocks.</summary>
    public int Nodes { get; init; } = 4;

    /// <summary>Nodes beside them that only follow.</summary>
    public int Followers { get; init; }

    public RuleName Rule { get; init; } = RuleName.Work;

    public TimeSpan BlockTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The height at which the run ends, or <c>null</c>.</summary>
    public ulong? Blocks { get; init; }

    /// <summary>After how long it ends, or <c>null</c>.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How often a node is killed, or <c>null</c>.</summary>
    public TimeSpan? KillEvery { get; init; }

    /// <summary>How long a killed node stays down.</summary>
    public TimeSpan Down { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Transfers a second.</summary>
    public int Traffic { get; init; }

    /// <summary>What accounts, transfers and kills are drawn from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Where the nodes' folders lie.</summary>
    public required string Folder { get; init; }

    public bool Json { get; init; }

    /// <summary>All nodes.</summary>
    public int All => Nodes + Followers;
}
