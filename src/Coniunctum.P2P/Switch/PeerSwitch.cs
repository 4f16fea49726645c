using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Connections: Hello, who makes room, who is there twice, who is silent, which of them have the ledger, whom to dial, and the exchange of
/// addresses.
/// </summary>
internal sealed class PeerSwitch : IConnections
{
    private static readonly TimeSpan s_helloTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_ledgerTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_saveTime = TimeSpan.FromMinutes(15);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly PeerOutput _output;
    private readonly PeerOptions _options;
    private readonly IAddressBook _book;
    private readonly Dialler _dialler;
    private readonly SpareDials _spare;
    private readonly InboundSlots _inbound;
    private readonly Duplicates _duplicates;
    private readonly KeepAlive _keepAlive;
    private readonly AddressExchange _addresses;
    private readonly PeerBudget _budget;
    private readonly LedgerOpener _ledgers;
    private readonly Dictionary<PeerId, Peer> _peers = [];
    private readonly NodeId _self;
    private readonly ulong _nonce;
    private SteadyTime _save = s_never;

    /// <summary>Begins without connections.</summary>
    /// <param name="output">How it speaks.</param>
    /// <param name="options">What it is given.</param>
    /// <param name="book">The nodes that are known.</param>
    /// <param name="ledgers">Which peers have which ledger.</param>
    /// <param name="topics">The rule's messages.</param>
    public PeerSwitch(PeerOutput output, PeerOptions options, IAddressBook book, LedgerOpener ledgers, IEnumerable<TopicSpec> topics)
    {
        (_output, _options, _book, _ledgers) = (output, options, book, ledgers);
        _self = NodeId.Of(options.NodeKey);
        _dialler = new Dialler(output, options, book);
        _duplicates = new Duplicates(_self, output);
        _keepAlive = new KeepAlive(output);
        _spare = new SpareDials(output, options, book, _dialler);
        _addresses = new AddressExchange(output, options, book);
        _budget = new PeerBudget(output, topics);
        _nonce = options.Entropy.Draw();
        _inbound = new InboundSlots(options.InboundSlots, options.Entropy);
    }

    /// <summary>The connections that stand, also those that are being closed.</summary>
    public IReadOnlyCollection<Peer> Peers => _peers.Values;

    /// <summary>What the next run is to know.</summary>
    public SavedPeers Saved =>
        new([.. _spare.Longest(_peers.Values).Take(SpareDials.Anchors).Select(peer => new NodeAddress(peer.Dialled!, peer.Node!.Value, _output.Today, peer.Hello!.Roles))], _book.All);

    public SteadyTime Due
    {
        get
        {
            SteadyTime due = new[] { _dialler.Due, _spare.Due, _duplicates.Due, _budget.Due, _addresses.Due, _save }.Min();
            foreach (Peer peer in _peers.Values.Where(peer => !peer.IsClosing))
            {
                SteadyTime next = peer.Hello is null ? peer.Since.Plus(s_helloTime) : _keepAlive.DueOf(peer);
                if (peer.Hello is not null && !peer.IsOpen && peer.LedgerBy < next) next = peer.LedgerBy;
                if (next < due) due = next;
            }

            return due;
        }
    }

    public Peer? Find(PeerId id) => _peers.GetValueOrDefault(id);

    public void Connect(PeerInput.Connected connected)
    {
        var peer = new Peer(connected, _output.Steady) { LedgerBy = s_never };
        _peers.Add(peer.Id, peer);
        if (peer.Dialled is { } dialled) peer.Purpose = _dialler.Reached(dialled);
        if (peer.Node == _self)
        {
            if (peer.Dialled is { } own) _dialler.IsSelf(own);
            _output.Close(peer, ByeReason.Duplicate, "this is the node itself");
            return;
        }

        if (!peer.IsOutbound && !TryMakeRoom(peer))
        {
            _output.Close(peer, ByeReason.NoRoom, "as many connections as this node takes");
            return;
        }

        _output.Send(peer, new Hello(WireVersion.Major, WireVersion.Minor, _nonce, _options.NodeKey, _options.Endpoints, _options.Roles));
    }

    /// <summary>Whether a peer is who listens at an endpoint, as far as that is known.</summary>
    public bool IsAt(Peer peer, NodeEndpoint endpoint) => _dialler.IsAt(peer, endpoint);

    /// <summary>A ledger was shut with a peer: as long as no other one is open, the connection is for nothing.</summary>
    public void NoteShut(Peer peer)
    {
        if (!peer.IsOpen) peer.LedgerBy = _output.Steady.Plus(s_ledgerTime);
    }

    public void Add(EntryPeer peer) => _dialler.Add(peer);

    public void DialFailed(PeerInput.DialFailed failed) => _dialler.Failed(failed.Endpoint, isAlone: _peers.Count == 0);

    public void Close(PeerInput.Closed closed)
    {
        if (!_peers.Remove(closed.From, out Peer? peer)) return;
        peer.IsClosing = true;
        _keepAlive.Remove(peer);
        _addresses.Remove(peer);
        _budget.Remove(peer);
        _ledgers.Leave(peer);
        if (peer.Dialled is { } dialled)
        {
            if (peer.IsProven)
                _dialler.Ended(dialled, peer.IsTurnedAway);
            else
                _dialler.Failed(dialled, isAlone: false);
        }

        // Who was there twice is opened on the connection that is left.
        if (_duplicates.Close(peer) is { IsClosing: false } left) Welcome(left);
    }

    /// <summary>Takes what a peer has sent, if it concerns the connection.</summary>
    public bool TryTake(Peer peer, PeerInput input)
    {
        _keepAlive.Observe(peer);
        _budget.Charge(peer, input);
        if (input is not PeerInput.Received { Message: var message }) return false;
        switch (message)
        {
            case Hello hello:
                TakeHello(peer, hello);
                return true;
            case Bye bye:
                (peer.IsClosing, peer.IsTurnedAway) = (true, bye.Reason is ByeReason.NoRoom);
                if (bye.Reason is ByeReason.Duplicate && peer.Node == _self && peer.Dialled is { } own) _dialler.IsSelf(own);
                _output.Emit(new PeerEffect.Close(peer.Id, $"the other side has closed it: {bye.Reason} {bye.Text}"));
                return true;
            case Ping ping:
                _output.Send(peer, new Pong(ping.Value));
                return true;
            case Pong pong:
                _keepAlive.Answered(peer, pong);
                if (_duplicates.Pong(peer) is { } newer) _output.Close(newer, ByeReason.Duplicate, "the two nodes are connected already");
                return true;
            case Open open:
                if (_duplicates.Opened(peer) is { } older) _output.Close(older, ByeReason.Duplicate, "the other side has chosen another connection");
                _ledgers.TakeOpen(peer, open);
                return true;
            case Shut shut:
                bool wasOpen = peer.IsOpen;
                _ledgers.TakeShut(peer, shut);
                if (!peer.IsOpen && (wasOpen || peer.LedgerBy == s_never)) peer.LedgerBy = _output.Steady.Plus(s_ledgerTime);
                return true;
            default:
                return _addresses.TryTake(peer, message);
        }
    }

    /// <summary>Looks at what is due, whom to dial last.</summary>
    public void Look()
    {
        foreach (Peer peer in _peers.Values.ToArray())
        {
            if (peer.IsClosing) continue;
            if (peer.Hello is null && _output.Steady >= peer.Since.Plus(s_helloTime))
                _output.Close(peer, ByeReason.Timeout, "no Hello");
            else if (peer.Hello is not null && !peer.IsOpen && _output.Steady >= peer.LedgerBy)
                _output.Close(peer, ByeReason.NoLedger, "no ledger in common: the other node keeps another chain, or none; compare profile, rule and allocations, which make up genesis");
            else
                _keepAlive.Look(peer);
            if (peer.IsOpen && !peer.IsProven) Prove(peer);
        }

        _budget.Look();
        _duplicates.Look();
        Peer[] peers = [.. _peers.Values];
        _addresses.Look(peers);
        _dialler.Look(peers);
        _spare.Look(peers);
        Save();
    }

    /// <inheritdoc/>
    public void NoteBlock(PeerId from)
    {
        if (Find(from) is { } peer) peer.LastBlock = _output.Steady;
    }

    /// <inheritdoc/>
    public void NoteTransaction(PeerId from)
    {
        if (Find(from) is { } peer) peer.LastTransaction = _output.Steady;
    }

    private void TakeHello(Peer peer, Hello hello)
    {
        peer.Hello = hello;
        var node = NodeId.Of(hello.NodeKey);
        if (hello.Major != WireVersion.Major)
        {
            _output.Close(peer, ByeReason.OtherVersion, Invariant($"this node speaks version {WireVersion.Major}, the other one {hello.Major}: update the older one"));
        }
        else if (hello.Nonce == _nonce || node == _self)
        {
            peer.Node = _self;
            if (peer.Dialled is { } own) _dialler.IsSelf(own);
            _output.Close(peer, ByeReason.Duplicate, "this is the node itself");
        }
        else if (peer.Node is { } proven && proven != node)
        {
            _output.Close(peer, ByeReason.ProtocolFault, "Hello names another key than the connection proves");
        }
        else
        {
            peer.Node = node;
            if (peer.Dialled is { } dialled) _dialler.Met(dialled, node);
            _addresses.TakeOwn(peer, hello);
            if (peer.Purpose == DialPurpose.Feeler)
                EndFeeler(peer);
            else if (_peers.Values.FirstOrDefault(other => other != peer && !other.IsClosing && other.Hello is not null && other.Node == node) is { } older)
                _duplicates.Add(older, peer);
            else
                Welcome(peer);
        }
    }

    /// <summary>A peer is one to stay with.</summary>
    private void Welcome(Peer peer)
    {
        peer.LedgerBy = _output.Steady.Plus(s_ledgerTime);
        if (peer.IsOutbound)
            _addresses.Ask(peer);
        else
            _keepAlive.Ping(peer);
        _ledgers.Welcome(peer);
    }

    /// <summary>A peer has the ledger: it is what was looked for.</summary>
    private void Prove(Peer peer)
    {
        peer.IsProven = true;
        if (peer.IsOutbound) _addresses.Confirm(peer);
    }

    /// <summary>An address is right: that is all that was asked. Whether the node has the ledger shows when it is dialled for a slot.</summary>
    private void EndFeeler(Peer peer)
    {
        Prove(peer);
        _output.Close(peer, ByeReason.Other, "this was only to see whether the address is right");
    }

    /// <summary>Whether there is an inbound slot for one more, after another one has made room where that is needed.</summary>
    private bool TryMakeRoom(Peer newcomer)
    {
        Peer[] inbound = [.. _peers.Values.Where(peer => peer is { IsOutbound: false, IsClosing: false } && peer != newcomer)];
        if (inbound.Length < _options.InboundSlots) return true;
        if (_inbound.Choose(inbound) is not { } chosen) return false;
        _output.Close(chosen, ByeReason.NoRoom, "another node has taken its place");
        return true;
    }

    private void Save()
    {
        if (!_options.SavesPeers || _output.Steady < _save && _save != s_never) return;
        // At the start there is nothing new to save.
        if (_save != s_never) _output.Emit(new PeerEffect.SavePeers(Saved));
        _save = _output.Steady.Plus(s_saveTime);
    }
}
