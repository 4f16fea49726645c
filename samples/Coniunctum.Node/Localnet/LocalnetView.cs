namespace Coniunctum.Node.Localnet;

/// <summary>What there is to see of a local network at a moment.</summary>
/// <param name="Nodes">Its nodes, by number.</param>
/// <param name="Accepted">Transfers that a node said were in its pool.</param>
/// <param name="Elapsed">Since the start.</param>
internal sealed record LocalnetView(IReadOnlyList<LocalnetView.Node> Nodes, int Accepted, TimeSpan Elapsed)
{
    public static LocalnetView Of(LocalNetwork network, TrafficFeed traffic, TimeSpan elapsed) => new(
        [.. network.Nodes.Select(node => new Node(
            node.Index,
            node.Role,
            node.IsUp,
            node.Starts,
            node.Status is { } status ? new Answer(status.Height, status.Tip, status.Peers, status.Pool, status.ProductionReason) : null))],
        traffic.Accepted.Count,
        elapsed);

    /// <summary>A node.</summary>
    /// <param name="Index">Its number.</param>
    /// <param name="Role">What it does.</param>
    /// <param name="IsUp">Whether its process runs.</param>
    /// <param name="Starts">How often it was started.</param>
    /// <param name="Last">What it answered last; <c>null</c> before it has.</param>
    internal sealed record Node(int Index, string Role, bool IsUp, int Starts, Answer? Last);

    /// <summary>What a node answers when it is asked.</summary>
    /// <param name="Height">Of its last block.</param>
    /// <param name="Tip">That block.</param>
    /// <param name="Peers">Its connections.</param>
    /// <param name="Pool">Transactions ready for the next block.</param>
    /// <param name="Production">What it does for the next block, or waits for.</param>
    internal sealed record Answer(ulong Height, string Tip, int Peers, int Pool, string Production);
}
