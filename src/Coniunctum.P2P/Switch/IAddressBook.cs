using System.Collections.Immutable;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>The nodes that are known, to dial and to pass on to others. Bounded, whoever fills it.</summary>
internal interface IAddressBook
{
    /// <summary>All that are known, in a fixed order.</summary>
    ImmutableArray<KnownNode> All { get; }

    /// <summary>How many nodes are known.</summary>
    int Count { get; }

    /// <summary>Takes what a peer says of other nodes; nothing of it is tested.</summary>
    /// <param name="addresses">What it says.</param>
    /// <param name="source">Who says it.</param>
    void Add(ImmutableArray<NodeAddress> addresses, NodeId source);

    /// <summary>A node was reached, and proved to be the one that was meant.</summary>
    /// <returns>Whether that was not known.</returns>
    bool Confirm(NodeAddress address);

    /// <summary>A node was not reached.</summary>
    /// <param name="endpoint">Where it was looked for.</param>
    /// <param name="today">The day of Unix time.</param>
    void Fail(NodeEndpoint endpoint, uint today);

    /// <summary>Draws a node to dial.</summary>
    /// <param name="isWanted">Which may be drawn.</param>
    NodeAddress? Draw(Func<KnownNode, bool> isWanted);

    /// <summary>Draws tested nodes to pass on.</summary>
    /// <param name="count">How many at most.</param>
    ImmutableArray<NodeAddress> Sample(int count);
}
