using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// What is dialled beside the slots: about every two minutes an address that was not tested yet, to see whether it is right, and about
/// every five seconds while slots are free, since those who connect to the first node of a network hear of each other only once it has
/// tested them; while the slots are taken, about every five minutes a node of which only the tip is looked at, since all of the slots may be within a part of
/// the network that has parted from another one, and about every half an hour a node that takes another one's slot, so that the network
/// mixes and no one who has filled the slots of a node once keeps them. Entry peers and the two connections that stand longest are not
/// exchanged.
/// </summary>
internal sealed class SpareDials(PeerOutput output, PeerOptions options, IAddressBook book, Dialler dialler)
{
    /// <summary>How many connections that stand longest are kept: they are the anchors of the next run.</summary>
    public const int Anchors = 2;

    private static readonly TimeSpan s_feeler = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_probe = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_exchange = TimeSpan.FromMinutes(30);

    // Within this a node whose tip is not known here delivers the blocks of its chain. It takes no slot for that: whoever claims a tip
    // that no one knows would have one each time he is dialled.
    private static readonly TimeSpan s_probed = TimeSpan.FromMinutes(2);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private SteadyTime _feeler = s_never;
    private SteadyTime _probe = s_never;
    private SteadyTime _exchange = s_never;
    private SteadyTime _probed = s_never;
    private bool _hasBegun;

    /// <summary>When something is due next.</summary>
    public SteadyTime Due => book.Count == 0 ? _probed : new[] { _feeler, _probe, _exchange, _probed }.Min();

    /// <summary>Returns the connections of this node's making that stand longest, those aside that are dialled anyway.</summary>
    public IEnumerable<Peer> Longest(IEnumerable<Peer> peers) => peers
        .Where(peer => peer is { Purpose: DialPurpose.Slot, IsOpen: true, IsClosing: false } && !dialler.IsEntry(peer.Dialled!))
        .OrderBy(peer => peer.Since).ThenBy(peer => peer.Id.Value);

    /// <summary>Dials what is due.</summary>
    public void Look(IReadOnlyCollection<Peer> peers)
    {
        foreach (Peer peer in peers.Where(peer => peer is { Purpose: DialPurpose.Exchange, IsOpen: true, IsClosing: false })) Exchange(peers, peer);
        _probed = s_never;
        foreach (Peer peer in peers.Where(peer => peer is { Purpose: DialPurpose.Probe, IsOpen: true, IsClosing: false })) Probe(peer);
        if (!_hasBegun)
        {
            _hasBegun = true;
            (_feeler, _probe, _exchange) = (In(s_early), In(s_probe), In(s_exchange));
        }

        if (output.Steady >= _feeler)
        {
            _feeler = In(dialler.Free > 0 ? s_early : s_feeler);
            if (options.OutboundSlots > 0) dialler.TryDialDrawn(peers, DialPurpose.Feeler, static known => !known.IsTested);
        }

        if (output.Steady >= _probe)
        {
            _probe = In(s_probe);
            if (options.OutboundSlots > 0 && dialler.Free <= 0) dialler.TryDialDrawn(peers, DialPurpose.Probe, static known => known.IsTested);
        }

        if (output.Steady >= _exchange)
        {
            _exchange = In(s_exchange);
            if (dialler.Free <= 0 && Longest(peers).Skip(Anchors).Any()) dialler.TryDialDrawn(peers, DialPurpose.Exchange, static known => known.IsTested);
        }
    }

    private SteadyTime In(TimeSpan span) => output.Steady.Plus(options.Entropy.Around(span));

    /// <summary>A node of whose chain nothing is missing here has said enough; one whose tip is not known here stays until its blocks may have come.</summary>
    private void Probe(Peer peer)
    {
        SteadyTime end = peer.Since.Plus(s_probed);
        if (!peer.HadOtherTip || output.Steady >= end)
            output.Close(peer, ByeReason.Other, "this was only to see whether it follows another chain");
        else if (end < _probed)
            _probed = end;
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
