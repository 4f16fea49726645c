using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>A connection, as all parts of the machine know it. What a part keeps of it by itself lies in the part.</summary>
internal sealed class Peer(PeerInput.Connected connected, SteadyTime since)
{
    /// <summary>As much as may wait to be sent before no more of its questions are answered.</summary>
    public const long MaxUnsent = 1_024 * 1_024;

    /// <summary>All that is kept of a peer, and waits for it, has room in this.</summary>
    public const long MaxBytes = 4L * 1_024 * 1_024;

    public PeerId Id { get; } = connected.From;

    /// <summary>Which node it is: proven by the transport, or as its Hello says.</summary>
    public NodeId? Node { get; set; } = connected.Node;

    public NodeEndpoint Endpoint { get; } = connected.Endpoint;

    /// <summary>What was dialled, or <c>null</c> where it dialled this node.</summary>
    public NodeEndpoint? Dialled { get; } = connected.Dialled;

    public bool IsOutbound => Dialled is not null;

    /// <summary>What it was dialled for.</summary>
    public DialPurpose Purpose { get; set; }

    /// <summary>The part of the public network that it is in; <c>null</c> within this node's own, and where the address is not known.</summary>
    public AddressGroup? Group { get; } = connected.Endpoint.Address is { } address ? AddressGroup.Of(address) : null;

    public SteadyTime Since { get; } = since;

    /// <summary>When it was heard of last.</summary>
    public SteadyTime LastHeard { get; set; } = since;

    /// <summary>The shortest time that an answer took.</summary>
    public TimeSpan? Latency { get; set; }

    /// <summary>When a block came of it last that was one.</summary>
    public SteadyTime? LastBlock { get; set; }

    /// <summary>When a transaction came of it last that joined the pool.</summary>
    public SteadyTime? LastTransaction { get; set; }

    /// <summary>What it has said first.</summary>
    public Hello? Hello { get; set; }

    /// <summary>Whether the ledger is open on both sides.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether it was found to be what was looked for: it has the ledger, or is where an address said.</summary>
    public bool IsProven { get; set; }

    /// <summary>Whether it has ended the connection because it has no room.</summary>
    public bool IsTurnedAway { get; set; }

    /// <summary>Until when it must have the ledger open, unless it has.</summary>
    public SteadyTime LedgerBy { get; set; }

    /// <summary>Whether it was closed from here: nothing of it counts any more.</summary>
    public bool IsClosing { get; set; }

    /// <summary>The height that it has claimed last.</summary>
    public ulong Height { get; set; }

    /// <summary>The tip that it has claimed with the ledger.</summary>
    public BlockId Tip { get; set; }

    /// <summary>Whether this node did not have that tip when it was claimed.</summary>
    public bool HadOtherTip { get; set; }

    /// <summary>The weight of its chain that it has claimed last, or that was found of it.</summary>
    public Work Weight { get; set; }

    /// <summary>Bytes that wait to be sent to it.</summary>
    public long Unsent { get; set; }

    public override string ToString() => Invariant($"peer {Id.Value} ({Endpoint})");
}
