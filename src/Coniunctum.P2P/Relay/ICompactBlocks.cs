using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Relay;

/// <summary>Whether a block comes compactly, so that no one is asked for the whole of it.</summary>
internal interface ICompactBlocks
{
    /// <summary>Whether a block is on its way so.</summary>
    bool IsPending(BlockId id);

    /// <summary>Asks a peer for a block that it has announced, where that may be worth it; returns whether it was asked.</summary>
    bool TryAsk(Peer peer, BlockId id);
}
