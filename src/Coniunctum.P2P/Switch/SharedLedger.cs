using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>A ledger as the switch of its process knows it. Belongs to the switch's steps.</summary>
/// <param name="chainId">The chain.</param>
/// <param name="channel">The channel on which this node speaks of it.</param>
/// <param name="isPublic">Whether every peer is told of it.</param>
/// <param name="inputs">Takes what its machine is told.</param>
/// <param name="nextOpening">Counts the openings of all ledgers.</param>
internal sealed class SharedLedger(BlockId chainId, byte channel, bool isPublic, INodeInputs inputs, Func<long> nextOpening) : IOfferedLedger
{
    private readonly Dictionary<Peer, Open> _opened = [];
    private readonly Dictionary<Peer, PeerId> _joined = [];
    private Action<PeerEffect>? _emit;
    private Func<Peer, EntryPeer, bool> _isAt = static (_, _) => false;

    /// <inheritdoc/>
    public BlockId? ChainId => chainId;

    /// <inheritdoc/>
    public byte Channel => channel;

    /// <inheritdoc/>
    public Open? Offer { get; set; }

    /// <summary>Nodes that are told of it first.</summary>
    public ImmutableList<EntryPeer> Entries { get; private set; } = [];

    /// <summary>Takes what its machine is told.</summary>
    public INodeInputs Inputs => inputs;

    /// <summary>Joins it to a switch.</summary>
    /// <param name="emit">Takes what it has to tell its machine, in the order of the switch's effects.</param>
    /// <param name="isAt">Whether a peer is a node.</param>
    public void Use(Action<PeerEffect> emit, Func<Peer, EntryPeer, bool> isAt)
    {
        (_emit, _isAt) = (emit, isAt);
        _opened.Clear();
        foreach (Peer peer in _joined.Keys.ToArray()) Leave(peer);
    }

    /// <summary>Names a node that is told of it first.</summary>
    public void AddEntry(EntryPeer entry)
    {
        if (!Entries.Contains(entry)) Entries = Entries.Add(entry);
    }

    /// <inheritdoc/>
    public bool IsOfferedFirst(Peer peer) => isPublic || Entries.Exists(entry => _isAt(peer, entry));

    /// <inheritdoc/>
    public void TakeOpen(Peer peer, Open open)
    {
        _opened[peer] = open;
        peer.HadOtherTip = open.Tip != Offer?.Tip;
    }

    /// <inheritdoc/>
    public void Join(Peer peer)
    {
        if (!_opened.Remove(peer, out Open? open)) throw new InvalidOperationException("A ledger is joined that was not opened.");
        if (peer.Hello is not { } hello) throw new InvalidOperationException("A ledger is joined before Hello.");
        PeerId number = LedgerPeerId.Of(peer.Id, channel, nextOpening());
        _joined.Add(peer, number);
        _emit!(new PeerEffect.NoteOpened(number));
        // In one: the first input of a number has room, whatever waits of others.
        Pass(new PeerInput.Connected(number, peer.Node, peer.Endpoint, peer.Dialled) { Said = (hello, open) });
    }

    /// <inheritdoc/>
    public void Leave(Peer peer)
    {
        _opened.Remove(peer);
        if (_joined.Remove(peer, out PeerId number)) Pass(new PeerInput.Closed(number, "the ledger is not open on it any more"));
    }

    /// <summary>Whether it is open on a connection under a number.</summary>
    public bool IsOpenAs(PeerId number) => _joined.ContainsValue(number);

    private void Pass(PeerInput input) => _emit!(new PeerEffect.ToLedger(this, input));
}
