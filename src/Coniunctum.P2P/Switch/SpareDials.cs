using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// What is dialled beside the slots: about every two minutes an address that was not tested yet, to see whether it is right; about
/// every half an hour, while the slots are taken, a node that takes another one's, so that the network mixes and no one who has filled
/// the slots of a node once keeps them. Entry peers and the two connections that stand longest are not exchanged.
/// </summary>
internal sealed class SpareDials(PeerOutput output, PeerOptions options, IAddressBook book, Dialler dialler)
{
    /// <summary>How many connections that stand longest are kept: they are the anchors of the next run.</summary>
    public const int Anchors = 2;

    private static readonly TimeSpan s_feeler = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_exchange = TimeSpan.FromMinutes(30);

    private SteadyTime? _feeler;
    private SteadyTime? _exchange;

    /// <summary>When something may be dialled next.</summary>
    public SteadyTime Due => _feeler is { } feeler && _exchange is { } exchange && book.Count > 0
        ? feeler < exchange ? feeler : exchange
        : new SteadyTime(TimeSpan.MaxValue);

    /// <summary>Returns the connections of this node's making that stand longest, those aside that are dialled anyway.</summary>
    public IEnumerable<Peer> Longest(IEnumerable<Peer> peers) => peers
        .Where(peer => peer is { Purpose: DialPurpose.Slot, IsOpen: true, IsClosing: false } && !dialler.IsEntry(peer.Dialled!))
        .OrderBy(peer => peer.Since).ThenBy(peer => peer.Id.Value);

    /// <summary>Dials what is due.</summary>
    public void Look(IReadOnlyCollection<Peer> peers)
    {
        foreach (Peer peer in peers.Where(peer => peer is { Purpose: DialPurpose.Exchange, IsOpen: true, IsClosing: false })) Exchange(peers, peer);
        _feeler ??= output.Steady.Plus(options.Entropy.Around(s_feeler));
        _exchange ??= output.Steady.Plus(options.Entropy.Around(s_exchange));
        if (output.Steady >= _feeler)
        {
            _feeler = output.Steady.Plus(options.Entropy.Around(s_feeler));
            if (options.OutboundSlots > 0) dialler.TryDialDrawn(peers, DialPurpose.Feeler, static known => !known.IsTested);
        }

        if (output.Steady >= _exchange)
        {
            _exchange = output.Steady.Plus(options.Entropy.Around(s_exchange));
            if (dialler.Free <= 0 && Longest(peers).Skip(Anchors).Any()) dialler.TryDialDrawn(peers, DialPurpose.Exchange, static known => known.IsTested);
        }
    }

    /// <summary>A peer takes the slot of a drawn one.</summary>
    private void Exchange(IReadOnlyCollection<Peer> peers, Peer peer)
    {
        Peer[] others = [.. Longest(peers).Skip(Anchors)];
        if (others.Length == 0)
        {
            output.Close(peer, ByeReason.NoRoom, "there is no slot for it after all");
            return;
        }

        output.Close(others[options.Entropy.Below(others.Length)], ByeReason.Other, "another node takes its place, so that the network mixes");
        peer.Purpose = DialPurpose.Slot;
    }
}
