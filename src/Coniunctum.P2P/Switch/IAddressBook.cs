using System.Collections.Immutable;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>The nodes that are known, to dial and to tell others of. Bounded, whoever fills it.</summary>
internal interface IAddressBook
{
    /// <summary>How many nodes are known.</summary>
    int Count { get; }

    /// <summary>Takes what a peer says of other nodes.</summary>
    /// <param name="addresses">What it says.</param>
    /// <param name="source">Who says it.</param>
    void Add(ImmutableArray<NodeAddress> addresses, NodeId source);

    /// <summary>A node was reached, and proved to be the one that was meant.</summary>
    void Confirm(NodeAddress address);

    /// <summary>A node was not reached.</summary>
    void Fail(NodeEndpoint endpoint);

    /// <summary>Draws a node to dial.</summary>
    /// <param name="isExcluded">Nodes that are connected, or were tried a moment ago.</param>
    NodeAddress? Draw(Func<NodeAddress, bool> isExcluded);

    /// <summary>Draws nodes to tell others of.</summary>
    /// <param name="count">How many at most.</param>
    ImmutableArray<NodeAddress> Sample(int count);
}
