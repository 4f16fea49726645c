using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Sync;

/// <summary>Who has bodies fetched.</summary>
internal interface IBodyClient
{
    /// <summary>A body has come, perhaps late; returns whether it was of use.</summary>
    bool TryTake(Peer from, HashedBlock block);

    /// <summary>A body does not come from the peer that was asked: it does not have it, is gone, or holds it up.</summary>
    void Lost(Peer from, BlockId id);
}
