using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.P2P.Peers;

/// <summary>A peer machine that another one can take the place of.</summary>
internal interface IPeerCore : IPeerMachine
{
    /// <summary>What is known of the connections and of the synchronisation, between two steps.</summary>
    PeerStatus Status { get; }

    /// <summary>Whether the node has all that its peers have claimed; false without any.</summary>
    bool IsSynchronised { get; }

    /// <summary>What the pool has ready, as far as that was said.</summary>
    IEnumerable<HashedTransaction> Pool { get; }

    /// <summary>Takes what the pool has ready already, before anyone is connected.</summary>
    void Restore(IEnumerable<HashedTransaction> pool);
}
