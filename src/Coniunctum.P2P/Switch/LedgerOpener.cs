using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Sync;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>Opens the ledger with peers that have it too, and shuts it again.</summary>
internal sealed class LedgerOpener(PeerOutput output, ChainMirror chain, IReadOnlyList<IPeerProtocol> protocols)
{
    private readonly HashSet<Peer> _offered = [];
    private readonly HashSet<Peer> _opened = [];
    private readonly List<Peer> _waiting = [];

    /// <summary>The chain; set when the node starts.</summary>
    public BlockId? ChainId { get; set; }

    /// <summary>Opens the ledger with a peer, once the tip is known.</summary>
    public void Offer(Peer peer)
    {
        if (ChainId is not { } id || chain.Tip is not { } tip)
        {
            _waiting.Add(peer);
            return;
        }

        if (peer.IsClosing || !_offered.Add(peer)) return;
        output.Send(peer, new Open(id.Value, 0, 0, tip.Height, tip.ChainWeight.ToBytes(), tip.Id.Value, tip.Encoded.Certificate));
        Join(peer);
    }

    /// <summary>The tip is known now.</summary>
    public void OfferWaiting()
    {
        if (ChainId is null || chain.Tip is null || _waiting.Count == 0) return;
        Peer[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Peer peer in waiting) Offer(peer);
    }

    public void TakeOpen(Peer peer, Open open)
    {
        if (open.ChainId != ChainId?.Value)
        {
            // Before the node has started, it has no chain to speak of.
            output.Send(peer, new Shut(open.ChainId, ShutReason.UnknownChain, ""));
            return;
        }

        (peer.Height, peer.Weight, peer.Tip) = (open.Height, Work.FromBytes(open.Weight), new BlockId(open.Tip));
        peer.HadOtherTip = !chain.Has(peer.Tip);
        _opened.Add(peer);
        Join(peer);
    }

    public void TakeShut(Peer peer, Shut shut)
    {
        bool isOurs = shut.ChainId == ChainId?.Value;
        if (isOurs && _offered.Contains(peer)) output.Send(peer, new Shut(shut.ChainId, ShutReason.Other, ""));
        if (isOurs) Leave(peer);
    }

    /// <summary>A peer is gone.</summary>
    public void Leave(Peer peer)
    {
        _waiting.Remove(peer);
        _offered.Remove(peer);
        _opened.Remove(peer);
        if (!peer.IsOpen) return;
        peer.IsOpen = false;
        foreach (IPeerProtocol protocol in protocols) protocol.Close(peer);
    }

    private void Join(Peer peer)
    {
        if (peer.IsOpen || peer.IsClosing || !_offered.Contains(peer) || !_opened.Contains(peer)) return;
        peer.IsOpen = true;
        foreach (IPeerProtocol protocol in protocols) protocol.Open(peer);
    }
}
