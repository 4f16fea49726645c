using System.IO.Pipelines;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// A connection to a node. One caller reads <see cref="IDuplexPipe.Input"/>, one writes <see cref="IDuplexPipe.Output"/>. Reading
/// ends when the other side has closed; it throws <see cref="IOException"/> when the connection broke. A flush waits as long as the
/// other side reads too slowly. Disposing sends what was flushed and closes.
/// </summary>
public interface ITransportConnection : IDuplexPipe, IAsyncDisposable
{
    /// <summary>Which node is at the other end, proven by its key; <c>null</c> where the transport proves nothing.</summary>
    NodeId? RemoteId { get; }

    /// <summary>The other end's address.</summary>
    NodeEndpoint RemoteEndpoint { get; }

    /// <summary>Whether this node made the connection.</summary>
    bool IsOutbound { get; }

    /// <summary>Breaks the connection at once: what is being read or written ends with an <see cref="IOException"/>. May be called at any time, by anyone.</summary>
    void Abort();
}
