using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>What the peer machine is given. Immutable.</summary>
internal sealed record PeerOptions
{
    /// <summary>This node's key, the public half.</summary>
    public required PublicKey NodeKey { get; init; }

    /// <summary>Where randomness comes from: the nonce of Hello, whom to dial, delays.</summary>
    public required IEntropySource Entropy { get; init; }

    /// <summary>Where this node listens, as others should dial it; at most four.</summary>
    public ImmutableArray<NodeEndpoint> Endpoints { get; init; } = [];

    /// <summary>What this node does.</summary>
    public NodeRoles Roles { get; init; } = NodeRoles.Full;

    /// <summary>Nodes that are dialled again and again, whatever becomes of them.</summary>
    public ImmutableArray<EntryPeer> EntryPeers { get; init; } = [];

    /// <summary>Connections of the last run that stood longest: each is dialled once, before all others.</summary>
    public ImmutableArray<NodeAddress> Anchors { get; init; } = [];

    /// <summary>Whether <see cref="PeerEffect.SavePeers"/> is emitted, every 15 minutes. Default: no.</summary>
    public bool SavesPeers { get; init; }

    /// <summary>Connections that this node makes. Default: 8.</summary>
    public int OutboundSlots { get; init; } = 8;

    /// <summary>Connections that it takes. Default: 64.</summary>
    public int InboundSlots { get; init; } = 64;

    /// <summary>How long transactions gather before they are announced. Default: 10 ms, for closed groups; who they come from is plain then.</summary>
    public TimeSpan TransactionDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How much later one is asked for of a node that dialled this one, where there are others. Default: 2 s.</summary>
    public TimeSpan InboundDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many headers of a branch are kept that does not outweigh this node's chain yet, at least 2,000; of those before only what they can be fetched again by. Default: 16,000.</summary>
    public int KeptHeaders { get; init; } = 16_000;

    /// <summary>Whether blocks beside the best chain matter to the fork choice, as under GHOST.</summary>
    public bool CountsSides { get; init; }
}
