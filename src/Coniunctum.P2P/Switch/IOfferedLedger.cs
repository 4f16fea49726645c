using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>A ledger that is opened with peers that have it too.</summary>
internal interface IOfferedLedger
{
    /// <summary>The chain; <c>null</c> before its node has started.</summary>
    BlockId? ChainId { get; }

    /// <summary>The channel on which this node speaks of it.</summary>
    byte Channel { get; }

    /// <summary>What a peer is told of it now; <c>null</c> as long as the tip is not known.</summary>
    Open? Offer { get; }

    /// <summary>Whether a peer is told of it before the peer has told of it.</summary>
    bool IsOfferedFirst(Peer peer);

    /// <summary>A peer has opened it.</summary>
    void TakeOpen(Peer peer, Open open);

    /// <summary>It is open on both sides.</summary>
    void Join(Peer peer);

    /// <summary>It was open on both sides, and is not any more.</summary>
    void Leave(Peer peer);
}
