using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;

namespace Coniunctum.Node.Net;

/// <summary>What was asked of a run of a node.</summary>
internal sealed record NodeOptions
{
    /// <summary>The node's folder.</summary>
    public required NodeFolder Folder { get; init; }

    /// <summary>The chain.</summary>
    public required ChainProfile Profile { get; init; }

    /// <summary>What the node does; <c>null</c> for what its folder suggests.</summary>
    public required NodeRole Role { get; init; }

    /// <summary>Where to listen; empty for nowhere.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Whom to dial.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>A file that names more of them, or <c>null</c>.</summary>
    public string? PeersFile { get; init; }

    /// <summary>Who gets the rewards of mined blocks; the node's own account, unless someone else is named.</summary>
    public Address? RewardTo { get; init; }

    /// <summary>Threads that mine.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>After how long the node stops by itself; <c>null</c> for never.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Where a browser finds the ledger; <c>null</c> for nowhere.</summary>
    public HttpListen? Http { get; init; }

    /// <summary>Whether the output is one JSON object a line.</summary>
    public bool Json { get; init; }
}
