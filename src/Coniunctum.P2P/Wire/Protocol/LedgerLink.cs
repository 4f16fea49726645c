using Coniunctum.Consensus;
using Coniunctum.Crypto;

namespace Coniunctum.P2P.Wire.Protocol;

/// <summary>One ledger on a connection: who has opened it on which channel, who has shut it, and what is asked about it.</summary>
internal sealed class LedgerLink(Hash256 chainId, WireLimits limits)
{
    public Hash256 ChainId { get; } = chainId;

    /// <summary>This node's limits for the ledger; the default ones where it does not have it.</summary>
    public WireLimits Limits { get; set; } = limits;

    /// <summary>The channel on which this node speaks of it, or 0.</summary>
    public byte OwnChannel { get; set; }

    /// <summary>The channel on which the other side speaks of it, or 0.</summary>
    public byte PeerChannel { get; set; }

    /// <summary>The number under which the ledger's machine knows this opening, where it does.</summary>
    public PeerId Number { get; set; }

    public bool IsShutByUs { get; set; }

    public bool IsShutByPeer { get; set; }

    /// <summary>Whether both sides may speak.</summary>
    public bool IsOpen => OwnChannel != 0 && PeerChannel != 0 && !IsShutByUs && !IsShutByPeer;

    /// <summary>Whether the ledger is forgotten, and can be opened again.</summary>
    public bool IsOver => IsShutByUs && IsShutByPeer;

    public Exchange Ours { get; } = new();

    public Exchange Theirs { get; } = new();
}
