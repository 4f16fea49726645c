using Coniunctum.Consensus;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Internal;

/// <summary>A ledger's network: a peer machine, which goes into its node, and the connections around it, its own or shared with others.</summary>
public interface IPeerNetwork : IAsyncDisposable
{
    /// <summary>The machine, for the node.</summary>
    IPeerMachine Machine { get; }

    /// <summary>Whether the node has all that its peers have claimed, between two steps of the machine.</summary>
    bool IsSynchronised { get; }

    /// <summary>Begins to carry out what the machine wants.</summary>
    /// <param name="inputs">The node's inputs.</param>
    /// <param name="write">Writes to the ledger's store, in its own time.</param>
    /// <param name="states">The states after the ledger's last durable tips.</param>
    void Start(INodeInputs inputs, Action<StoreBatch> write, RecentStates states);

    /// <summary>Carries out an effect of the machine.</summary>
    /// <param name="effect">The effect.</param>
    void Run(NodeEffect.ToNetwork effect);

    /// <summary>Dials a node from now on, again and again.</summary>
    /// <param name="address">The node.</param>
    Task AddPeerAsync(PeerAddress address);

    /// <summary>Returns what the next run is to find in the store, between two steps of the machine; <c>null</c> where that is not the ledger's.</summary>
    StoreBatch? Save();

    /// <summary>Returns the state between two steps of the machine: the caller sees to that no step is under way.</summary>
    PeerNetworkState Read();

    /// <summary>
    /// Returns who is at the other end of a connection, between two steps of the machine: also of one that it is closing, since what
    /// a peer sent may be why. <c>null</c> where it has ended.
    /// </summary>
    /// <param name="id">Its number.</param>
    (NodeId? Node, NodeEndpoint Endpoint)? RemoteOf(PeerId id);
}
