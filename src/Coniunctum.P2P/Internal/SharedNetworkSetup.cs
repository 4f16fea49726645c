using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Internal;

/// <summary>What a <see cref="SharedNetwork"/> is made of.</summary>
public sealed record SharedNetworkSetup
{
    /// <summary>How nodes are reached; disposed with the network.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>This node's key, the public half.</summary>
    public required PublicKey NodeKey { get; init; }

    /// <summary>Where randomness comes from.</summary>
    public required IEntropySource Entropy { get; init; }

    /// <summary>The clock of deadlines.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where this node listens.</summary>
    public ImmutableArray<NodeEndpoint> Endpoints { get; init; } = [];

    /// <summary>Nodes that are dialled again and again.</summary>
    public ImmutableArray<PeerAddress> Peers { get; init; } = [];

    /// <summary>Connections that this node makes.</summary>
    public int OutboundSlots { get; init; } = 8;

    /// <summary>Connections that it takes.</summary>
    public int InboundSlots { get; init; } = 64;
}
