using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Whom to dial and when: anchors of the last run first, the entry peers for ever, then others of the address book, as long as there are
/// slots. Who was not reached is tried again ever later.
/// </summary>
internal sealed class Dialler(PeerOutput output, PeerOptions options, IAddressBook book)
{
    private const int MostRemembered = 1_024;

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_alone = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(10);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly NodeId _id = NodeId.Of(options.NodeKey);
    private readonly Dictionary<NodeEndpoint, Attempt> _attempts = [];
    private readonly Dictionary<NodeEndpoint, NodeId> _met = [];
    private readonly HashSet<NodeEndpoint> _self = [.. options.Endpoints];
    private readonly List<EntryPeer> _entries = [.. options.EntryPeers];

    // Each is dialled once; the other half of the slots is for those that were named since.
    private readonly Queue<NodeAddress> _anchors = new(options.Anchors.Take(options.OutboundSlots / 2));

    private SteadyTime _nextDraw;
    private SteadyTime _nextEarly;

    /// <summary>When someone may be dialled next.</summary>
    public SteadyTime Due { get; private set; }

    /// <summary>How many slots had no connection, nor a dial under way, when it was last looked.</summary>
    public int Free { get; private set; }

    /// <summary>Names a node that is dialled for ever.</summary>
    public void Add(EntryPeer peer)
    {
        if (_entries.Count < MostRemembered && !_entries.Contains(peer)) _entries.Add(peer);
    }

    /// <summary>Whether a node is one of those that are dialled for ever.</summary>
    public bool IsEntry(NodeEndpoint endpoint) => _entries.Exists(entry => entry.Endpoint.Equals(endpoint));

    /// <summary>Dials as many as there are slots free.</summary>
    /// <param name="peers">Who is connected.</param>
    public void Look(IReadOnlyCollection<Peer> peers)
    {
        Due = s_never;
        foreach (Attempt stuck in _attempts.Values.Where(attempt => attempt.IsUnderWay && attempt.Next <= output.Steady)) stuck.IsUnderWay = false;
        Free = options.OutboundSlots - peers.Count(peer => peer.Purpose == DialPurpose.Slot)
            - _attempts.Values.Count(attempt => attempt is { IsUnderWay: true, Purpose: DialPurpose.Slot });
        while (Free > 0 && _anchors.TryDequeue(out NodeAddress? anchor))
            if (!IsEntry(anchor.Endpoint)) TryDial(peers, anchor.Endpoint, anchor.Id);
        foreach (EntryPeer entry in _entries)
        {
            if (Free <= 0) return;
            TryDial(peers, entry.Endpoint, entry.Node);
        }

        while (Free > 0 && output.Steady >= _nextDraw)
        {
            // There is none now: to look again with each step would go through the whole book each time.
            if (!TryDialDrawn(peers)) _nextDraw = output.Steady.Plus(s_first);
        }

        if (Free <= 0) return;
        DialEarly(peers);
        if (book.Count > 0 && _nextDraw < Due) Due = _nextDraw;
        foreach (Attempt waiting in _attempts.Values.Where(attempt => attempt.Next > output.Steady && attempt.Next < Due)) Due = waiting.Next;
    }

    /// <summary>
    /// Dials whoever can no longer be reached and whose turn is next before its time, again and again: the fault may be in the network between, and a node that was
    /// cut off from others for long must not wait as long again once it is not. With no one connected, that holds for whoever was never reached, too.
    /// </summary>
    private void DialEarly(IReadOnlyCollection<Peer> peers)
    {
        if (output.Steady < _nextEarly)
        {
            // Looked at only when it is time: there may be a thousand of them, and this is called with every message.
            if (_nextEarly < Due) Due = _nextEarly;
            return;
        }

        bool isAlone = peers.Count == 0;
        _nextEarly = output.Steady.Plus(isAlone ? s_alone : s_early);
        if (_nextEarly < Due) Due = _nextEarly;
        if (_attempts.Values.Any(attempt => attempt.IsUnderWay)) return;
        KeyValuePair<NodeEndpoint, Attempt>[] unreached =
        [
            // Addresses that no node was ever at are nothing to insist on: who makes them up would have this node knock at the doors of others.
            .. _attempts.Where(pair => !pair.Value.HasAnswered && !_self.Contains(pair.Key) && (isAlone || _met.ContainsKey(pair.Key)) && !peers.Any(peer => IsAt(peer, pair.Key))),
        ];
        if (unreached.Length == 0) return;
        (NodeEndpoint endpoint, Attempt attempt) = unreached.MinBy(pair => pair.Value.Next);
        attempt.Next = output.Steady;
        TryDial(peers, endpoint, attempt.Node);
    }

    /// <summary>Whether a peer is who listens at an endpoint, as far as that is known.</summary>
    public bool IsAt(Peer peer, NodeEndpoint endpoint) => endpoint.Equals(peer.Dialled) || _met.TryGetValue(endpoint, out NodeId met) && peer.Node == met;

    /// <summary>Dials a drawn node of the address book beside the slots; false where there is none.</summary>
    /// <param name="peers">Who is connected.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="isWanted">Which may be drawn.</param>
    public bool TryDialDrawn(IReadOnlyCollection<Peer> peers, DialPurpose purpose, Func<KnownNode, bool> isWanted)
    {
        NodeAddress? drawn = book.Draw(known => isWanted(known) && MayDial(peers, known.Address.Endpoint, known.Address.Id, purpose));
        if (drawn is not null) Dial(drawn.Endpoint, drawn.Id, purpose);
        return drawn is not null;
    }

    /// <summary>A dial has led to a connection; returns what it is for.</summary>
    public DialPurpose Reached(NodeEndpoint dialled)
    {
        if (!_attempts.TryGetValue(dialled, out Attempt? attempt)) return DialPurpose.Slot;
        (attempt.IsUnderWay, attempt.HasAnswered) = (false, true);
        return attempt.Purpose;
    }

    /// <summary>A dial, or the connection that it led to, came to nothing.</summary>
    /// <param name="dialled">Where it was dialled.</param>
    /// <param name="isAlone">Whether no one is connected: it says nothing of the address then, since it may be this node that is cut off.</param>
    public void Failed(NodeEndpoint dialled, bool isAlone)
    {
        if (!isAlone) book.Fail(dialled, output.Today);
        Wait(AttemptOf(dialled));
    }

    /// <summary>A connection with a node that is one to stay with is over.</summary>
    /// <param name="dialled">Where it was dialled.</param>
    /// <param name="isTurnedAway">Whether the other side has no room: two nodes that take each other's place there in turn do so ever less often.</param>
    public void Ended(NodeEndpoint dialled, bool isTurnedAway)
    {
        Attempt attempt = AttemptOf(dialled);
        if (!isTurnedAway) attempt.Failures = 0;
        Wait(attempt);
    }

    /// <summary>Which node was met at an endpoint: it is not dialled there while it is connected otherwise.</summary>
    public void Met(NodeEndpoint dialled, NodeId node)
    {
        if (_met.Count >= MostRemembered) _met.Clear();
        _met[dialled] = node;
    }

    /// <summary>This node itself is at an endpoint.</summary>
    public void IsSelf(NodeEndpoint endpoint) => _self.Add(endpoint);

    /// <summary>Tested nodes and others have the same chance, however many there are of each: who fills the book with addresses gains no more.</summary>
    private bool TryDialDrawn(IReadOnlyCollection<Peer> peers)
    {
        bool isTested = (options.Entropy.Draw() & 1) == 0;
        return TryDialDrawn(peers, DialPurpose.Slot, known => known.IsTested == isTested) || TryDialDrawn(peers, DialPurpose.Slot, known => known.IsTested != isTested);
    }

    private void TryDial(IReadOnlyCollection<Peer> peers, NodeEndpoint endpoint, NodeId? node)
    {
        if (MayDial(peers, endpoint, node, DialPurpose.Slot)) Dial(endpoint, node, DialPurpose.Slot);
    }

    private bool MayDial(IReadOnlyCollection<Peer> peers, NodeEndpoint endpoint, NodeId? node, DialPurpose purpose)
    {
        if (_self.Contains(endpoint) || _attempts.TryGetValue(endpoint, out Attempt? attempt) && (attempt.IsUnderWay || attempt.Next > output.Steady)) return false;
        if (node is null && _met.TryGetValue(endpoint, out NodeId met)) node = met;
        // A node that has dialled this one may not be where it says, for all that: a feeler finds out.
        return node != _id && !peers.Any(peer => endpoint.Equals(peer.Dialled) || purpose != DialPurpose.Feeler && node is not null && peer.Node == node);
    }

    private void Dial(NodeEndpoint endpoint, NodeId? node, DialPurpose purpose)
    {
        Attempt attempt = AttemptOf(endpoint);
        (attempt.IsUnderWay, attempt.HasAnswered, attempt.Next, attempt.Purpose, attempt.Node) = (true, false, output.Steady.Plus(s_patience), purpose, node);
        if (purpose == DialPurpose.Slot) Free--;
        output.Emit(new PeerEffect.Dial(endpoint, node, purpose != DialPurpose.Feeler));
    }

    private void Wait(Attempt attempt) => (attempt.IsUnderWay, attempt.Next) = (false, output.Steady.Plus(Backoff(attempt.Failures++)));

    private Attempt AttemptOf(NodeEndpoint endpoint)
    {
        if (_attempts.Count >= MostRemembered)
        {
            foreach ((NodeEndpoint past, Attempt old) in _attempts.ToArray())
                if (!old.IsUnderWay && old.Next <= output.Steady) _attempts.Remove(past);
        }

        if (!_attempts.TryGetValue(endpoint, out Attempt? attempt)) _attempts.Add(endpoint, attempt = new Attempt());
        return attempt;
    }

    /// <summary>Twice as long each time, and by up to half of it longer, so that not all nodes dial one at once that was away.</summary>
    private TimeSpan Backoff(int failures)
    {
        TimeSpan least = s_first * (1 << Math.Min(failures, 10));
        if (least > s_longest) least = s_longest;
        return least + least * (options.Entropy.Draw() / (2.0 * ulong.MaxValue));
    }

    private sealed class Attempt
    {
        public bool IsUnderWay { get; set; }

        public DialPurpose Purpose { get; set; } = DialPurpose.Slot;

        /// <summary>Whether the last dial led to a connection, whatever became of that.</summary>
        public bool HasAnswered { get; set; }

        /// <summary>Which node it must be, where that is known.</summary>
        public NodeId? Node { get; set; }

        public SteadyTime Next { get; set; }

        public int Failures { get; set; }
    }
}
