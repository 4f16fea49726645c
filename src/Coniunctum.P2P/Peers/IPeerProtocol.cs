using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;

namespace Coniunctum.P2P.Peers;

/// <summary>One small protocol about the ledger. It keeps what it knows of a peer by itself, from <see cref="Open"/> to <see cref="Close"/>.</summary>
internal interface IPeerProtocol
{
    /// <summary>When it wants to be looked at again, at the latest.</summary>
    SteadyTime Due { get; }

    /// <summary>A peer has the ledger too.</summary>
    void Open(Peer peer);

    /// <summary>A peer is gone, or has shut the ledger.</summary>
    void Close(Peer peer);

    /// <summary>Takes what a peer has sent, if it is of this protocol.</summary>
    bool TryTake(Peer peer, PeerInput input);

    /// <summary>Takes what the chain, the producer or the store says, if it concerns this protocol.</summary>
    void Observe(IPeerInput input);

    /// <summary>Looks at what is due.</summary>
    void Look();

    /// <summary>Returns about how many bytes are kept of a peer for what it sent unasked.</summary>
    long BytesOf(Peer peer) => 0;
}
