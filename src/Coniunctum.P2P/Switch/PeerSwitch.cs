using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Connections: Hello, who is there twice, who is silent, which of them have the ledger, whom to dial, and the exchange of addresses.
/// </summary>
internal sealed class PeerSwitch
{
    private static readonly TimeSpan s_helloTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_ledgerTime = TimeSpan.FromSeconds(10);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly PeerOutput _output;
    private readonly PeerOptions _options;
    private readonly IAddressBook _book;
    private readonly Dialler _dialler;
    private readonly Duplicates _duplicates;
    private readonly KeepAlive _keepAlive;
    private readonly AddressExchange _addresses;
    private readonly PeerBudget _budget;
    private readonly LedgerOpener _ledger;
    private readonly Dictionary<PeerId, Peer> _peers = [];
    private readonly NodeId _self;
    private readonly ulong _nonce;

    /// <summary>Begins without connections.</summary>
    /// <param name="output">How it speaks.</param>
    /// <param name="options">What it is given.</param>
    /// <param name="book">The nodes that are known.</param>
    /// <param name="ledger">Which peers have the ledger.</param>
    /// <param name="topics">The rule's messages.</param>
    public PeerSwitch(PeerOutput output, PeerOptions options, IAddressBook book, LedgerOpener ledger, IEnumerable<TopicSpec> topics)
    {
        (_output, _options, _book, _ledger) = (output, options, book, ledger);
        _self = NodeId.Of(options.NodeKey);
        _dialler = new Dialler(output, options, book);
        _duplicates = new Duplicates(_self, output);
        _keepAlive = new KeepAlive(output);
        _addresses = new AddressExchange(output, book);
        _budget = new PeerBudget(output, topics);
        Span<byte> nonce = stackalloc byte[sizeof(ulong)];
        options.Entropy.Fill(nonce);
        _nonce = BitConverter.ToUInt64(nonce);
    }

    /// <summary>The connections that stand, also those that are being closed.</summary>
    public IReadOnlyCollection<Peer> Peers => _peers.Values;

    public SteadyTime Due
    {
        get
        {
            SteadyTime due = _dialler.Due < _duplicates.Due ? _dialler.Due : _duplicates.Due;
            if (_budget.Due < due) due = _budget.Due;
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
        if (peer.Dialled is { } dialled) _dialler.Reached(dialled);
        if (peer.Node == _self)
        {
            if (peer.Dialled is { } own) _dialler.IsSelf(own);
            _output.Close(peer, ByeReason.Duplicate, "this is the node itself");
            return;
        }

        if (!peer.IsOutbound && _peers.Values.Count(other => !other.IsOutbound && !other.IsClosing) > _options.InboundSlots)
        {
            _output.Close(peer, ByeReason.NoRoom, "as many connections as this node takes");
            return;
        }

        _output.Send(peer, new Hello(WireVersion.Major, WireVersion.Minor, _nonce, _options.NodeKey, _options.Endpoints, _options.Roles));
    }

    public void Add(EntryPeer peer) => _dialler.Add(peer);

    public void DialFailed(PeerInput.DialFailed failed) => _dialler.Failed(failed.Endpoint);

    public void Close(PeerInput.Closed closed)
    {
        if (!_peers.Remove(closed.From, out Peer? peer)) return;
        peer.IsClosing = true;
        _keepAlive.Remove(peer);
        _addresses.Remove(peer);
        _budget.Remove(peer);
        _ledger.Leave(peer);
        if (peer.Dialled is { } dialled) _dialler.Failed(dialled);
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
                peer.IsClosing = true;
                if (bye.Reason is ByeReason.Duplicate && peer.Node == _self && peer.Dialled is { } own) _dialler.IsSelf(own);
                _output.Emit(new PeerEffect.Close(peer.Id, $"the other side has closed it: {bye.Reason} {bye.Text}"));
                return true;
            case Ping ping:
                _output.Send(peer, new Pong(ping.Value));
                return true;
            case Pong:
                if (_duplicates.Pong(peer) is { } newer) _output.Close(newer, ByeReason.Duplicate, "the two nodes are connected already");
                return true;
            case Open open:
                if (_duplicates.Opened(peer) is { } older) _output.Close(older, ByeReason.Duplicate, "the other side has chosen another connection");
                _ledger.TakeOpen(peer, open);
                return true;
            case Shut shut:
                bool wasOpen = peer.IsOpen;
                _ledger.TakeShut(peer, shut);
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
        }

        _budget.Look();
        _duplicates.Look();
        _dialler.Look([.. _peers.Values]);
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
            if (_peers.Values.FirstOrDefault(other => other != peer && !other.IsClosing && other.Hello is not null && other.Node == node) is { } older)
                _duplicates.Add(older, peer);
            else
                Welcome(peer);
        }
    }

    /// <summary>A peer is one to stay with.</summary>
    private void Welcome(Peer peer)
    {
        peer.LedgerBy = _output.Steady.Plus(s_ledgerTime);
        if (peer.Dialled is { } dialled)
        {
            _dialler.Proven(dialled);
            _book.Confirm(new NodeAddress(dialled, peer.Node!.Value, _output.Today, peer.Hello!.Roles));
            _output.Send(peer, new GetAddresses());
        }

        _ledger.Offer(peer);
    }
}
