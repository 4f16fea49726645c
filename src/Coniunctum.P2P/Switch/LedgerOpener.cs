using Coniunctum.Crypto;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Opens ledgers with peers that have them too, and shuts them again. A ledger that a peer is not told of first is answered for when the
/// peer has opened it; what is said of a chain that is not here is the same for all.
/// </summary>
internal sealed class LedgerOpener(PeerOutput output)
{
    private readonly List<Line> _lines = [];

    // Those with which ledgers may be opened.
    private readonly HashSet<Peer> _welcome = [];

    // Chains that were shut from here, and that the other side has not shut yet: until then neither can be opened again, the chain and the
    // channel on which this node spoke of it.
    private readonly Dictionary<(Peer Peer, Hash256 Chain), byte> _shutting = [];

    /// <summary>Adds a ledger.</summary>
    public void Add(IOfferedLedger ledger)
    {
        _lines.Add(new Line(ledger));
        OfferFirst();
    }

    /// <summary>Shuts a ledger wherever it is open or offered.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The peers with which it was open.</returns>
    public IReadOnlyCollection<Peer> Remove(IOfferedLedger ledger, ShutReason reason)
    {
        if (_lines.Find(line => line.Ledger == ledger) is not { } removed) return [];
        _lines.Remove(removed);
        Peer[] open = [.. removed.Open];
        foreach (Peer peer in removed.Offered.OrderBy(peer => peer.Id.Value).ToArray()) Shut(removed, peer, reason);
        return open;
    }

    /// <summary>Shuts a ledger on one connection.</summary>
    public void Part(IOfferedLedger ledger, Peer peer, ShutReason reason)
    {
        if (_lines.Find(line => line.Ledger == ledger) is { } line && line.Offered.Contains(peer)) Shut(line, peer, reason);
    }

    /// <summary>A peer is one to stay with: it is told of the ledgers that it is told of first, and is answered for those that it has opened already.</summary>
    public void Welcome(Peer peer)
    {
        _welcome.Add(peer);
        OfferDue(peer);
    }

    /// <summary>Tells peers of the ledgers of which they are told first by now.</summary>
    public void OfferFirst()
    {
        foreach (Line line in _lines)
        {
            if (_welcome.Count == line.Offered.Count) continue;
            foreach (Peer peer in _welcome.Where(peer => !line.Offered.Contains(peer) && !line.Refused.Contains(peer) && line.Ledger.IsOfferedFirst(peer)).OrderBy(peer => peer.Id.Value).ToArray()) Offer(line, peer);
        }
    }

    /// <summary>A tip may be known now.</summary>
    public void OfferWaiting()
    {
        foreach (Line line in _lines)
        {
            if (line.Waiting.Count == 0 || line.Ledger.Offer is null) continue;
            Peer[] waiting = [.. line.Waiting];
            line.Waiting.Clear();
            foreach (Peer peer in waiting) Offer(line, peer);
        }
    }

    public void TakeOpen(Peer peer, Open open)
    {
        // Before its node has started, a ledger has no chain to speak of.
        if (Find(open.ChainId) is not { } line)
        {
            output.Send(peer, new Shut(open.ChainId, ShutReason.UnknownChain, ""));
            return;
        }

        line.Ledger.TakeOpen(peer, open);
        line.Opened.Add(peer);
        line.Refused.Remove(peer);
        if (_welcome.Contains(peer)) Offer(line, peer);
        Join(line, peer);
    }

    public void TakeShut(Peer peer, Shut shut)
    {
        bool wasShut = _shutting.Remove((peer, shut.ChainId));
        if (wasShut)
        {
            // The ledger was here before, and is here again; or another one has its channel.
            if (_welcome.Contains(peer)) OfferDue(peer);
            return;
        }

        if (Find(shut.ChainId) is not { } line) return;
        if (line.Offered.Contains(peer) || line.Opened.Contains(peer)) output.Send(peer, new Shut(shut.ChainId, ShutReason.Other, ""));
        Leave(line, peer);
        // The other side opens it again, if it wants to.
        line.Refused.Add(peer);
    }

    /// <summary>A peer is gone.</summary>
    public void Leave(Peer peer)
    {
        _welcome.Remove(peer);
        foreach ((Peer Peer, Hash256 Chain) shut in _shutting.Keys.Where(shut => shut.Peer == peer).ToArray()) _shutting.Remove(shut);
        foreach (Line line in _lines)
        {
            Leave(line, peer);
            line.Refused.Remove(peer);
        }
    }

    private void Shut(Line line, Peer peer, ShutReason reason)
    {
        if (!peer.IsClosing)
        {
            Hash256 chain = line.Ledger.ChainId!.Value.Value;
            _shutting.Add((peer, chain), line.Ledger.Channel);
            output.Send(peer, new Shut(chain, reason, ""));
        }

        Leave(line, peer);
    }

    /// <summary>Tells a peer of the ledgers of which it is told first, and of those that it has opened already.</summary>
    private void OfferDue(Peer peer)
    {
        foreach (Line line in _lines)
            if (!line.Refused.Contains(peer) && (line.Ledger.IsOfferedFirst(peer) || line.Opened.Contains(peer))) Offer(line, peer);
    }

    private bool IsShutting(Peer peer, Hash256 chain, byte channel) =>
        _shutting.Count > 0 && _shutting.Any(shut => shut.Key.Peer == peer && (shut.Key.Chain == chain || shut.Value == channel));

    private Line? Find(Hash256 chain) => _lines.Find(line => line.Ledger.ChainId?.Value == chain);

    private void Offer(Line line, Peer peer)
    {
        if (line.Ledger.Offer is not { } open)
        {
            if (!line.Waiting.Contains(peer)) line.Waiting.Add(peer);
            return;
        }

        if (peer.IsClosing || IsShutting(peer, open.ChainId, line.Ledger.Channel) || !line.Offered.Add(peer)) return;
        output.SendOn(line.Ledger.Channel, peer, open);
        Join(line, peer);
    }

    private static void Join(Line line, Peer peer)
    {
        if (peer.IsClosing || !line.Offered.Contains(peer) || !line.Opened.Contains(peer) || !line.Open.Add(peer)) return;
        peer.IsOpen = true;
        line.Ledger.Join(peer);
    }

    private void Leave(Line line, Peer peer)
    {
        line.Waiting.Remove(peer);
        line.Offered.Remove(peer);
        line.Opened.Remove(peer);
        if (!line.Open.Remove(peer)) return;
        peer.IsOpen = _lines.Exists(other => other.Open.Contains(peer));
        line.Ledger.Leave(peer);
    }

    private sealed class Line(IOfferedLedger ledger)
    {
        public IOfferedLedger Ledger { get; } = ledger;

        // By whom it was opened, and by which side.
        public HashSet<Peer> Offered { get; } = [];

        public HashSet<Peer> Opened { get; } = [];

        public HashSet<Peer> Open { get; } = [];

        // Who has shut it.
        public HashSet<Peer> Refused { get; } = [];

        // Until the tip is known.
        public List<Peer> Waiting { get; } = [];
    }
}
