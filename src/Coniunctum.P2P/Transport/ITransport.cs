using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// Bytes between two nodes: connects to others and takes their connections. Safe to use from several threads. What the network does
/// comes back as outcomes; only a caller's misuse throws.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>This node's id.</summary>
    NodeId Id { get; }

    /// <summary>Begins to take connections at an endpoint. It may be called for several.</summary>
    /// <param name="endpoint">An address of this machine, or a name that resolves to some; port 0 for any free one.</param>
    /// <param name="cancellation">Stops the attempt, not the listening.</param>
    /// <exception cref="ObjectDisposedException">The transport was disposed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ValueTask<ListenOutcome> ListenAsync(NodeEndpoint endpoint, CancellationToken cancellation = default);

    /// <summary>Connects to a node.</summary>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="expected">Which node it must be, or <c>null</c> for any. Where the transport proves nothing, this is not compared.</param>
    /// <param name="cancellation">Stops the attempt.</param>
    /// <returns>The connection, which the caller disposes, or what was in the way.</returns>
    /// <exception cref="ObjectDisposedException">The transport was disposed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ValueTask<DialOutcome> DialAsync(NodeEndpoint endpoint, NodeId? expected = null, CancellationToken cancellation = default);

    /// <summary>Waits for the next connection that another node has made, handshake included.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The connection, which the caller disposes; <c>null</c> once the transport was disposed.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellation = default);
}
