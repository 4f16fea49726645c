namespace Coniunctum.Node.Net;

/// <summary>What a node starts with.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="ChainId">The chain's identity.</param>
/// <param name="Height">Of its last block.</param>
/// <param name="NodeId">What others know the node by.</param>
/// <param name="Account">The node's own account.</param>
/// <param name="Addresses">Where it listens.</param>
internal sealed record NodeStart(NodeOptions Options, string ChainId, ulong Height, string NodeId, string Account, IReadOnlyList<string> Addresses)
{
    /// <summary>Where a browser finds it; <c>null</c> for nowhere.</summary>
    public string? Http { get; init; }

    /// <summary>The file of the secret that lets the owner's programs submit there; <c>null</c> for none.</summary>
    public string? Cookie { get; init; }
}
