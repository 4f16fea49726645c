using System.Buffers.Binary;
using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Whom to dial and when: the entry peers for ever, others of the address book, as long as there are slots. Who was not reached is
/// tried again ever later.
/// </summary>
internal sealed class Dialler(PeerOutput output, PeerOptions options, IAddressBook book)
{
    private const int MostRemembered = 1_024;

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly Dictionary<NodeEndpoint, Attempt> _attempts = [];
    private readonly Dictionary<NodeEndpoint, NodeId> _met = [];
    private readonly HashSet<NodeEndpoint> _self = [.. options.Endpoints];
    private readonly List<EntryPeer> _entries = [.. options.EntryPeers];

    private SteadyTime _nextDraw;

    /// <summary>When someone may be dialled next.</summary>
    public SteadyTime Due { get; private set; }

    /// <summary>Names a node that is dialled for ever.</summary>
    public void Add(EntryPeer peer)
    {
        if (_entries.Count < MostRemembered && !_entries.Contains(peer)) _entries.Add(peer);
    }

    /// <summary>Dials as many as there are slots free.</summary>
    /// <param name="peers">Who is connected.</param>
    public void Look(IReadOnlyCollection<Peer> peers)
    {
        Due = s_never;
        foreach (Attempt stuck in _attempts.Values.Where(attempt => attempt.IsUnderWay && attempt.Next <= output.Steady)) stuck.IsUnderWay = false;
        int free = options.OutboundSlots - peers.Count(peer => peer.IsOutbound) - _attempts.Values.Count(attempt => attempt.IsUnderWay);
        foreach (EntryPeer entry in _entries)
        {
            if (free <= 0) return;
            if (IsInUse(peers, entry.Endpoint, entry.Node) || !MayDial(entry.Endpoint)) continue;
            Dial(entry.Endpoint, entry.Node);
            free--;
        }

        while (free > 0 && output.Steady >= _nextDraw)
        {
            if (book.Draw(address => !MayDial(address.Endpoint) || IsInUse(peers, address.Endpoint, address.Id)) is { } drawn)
            {
                Dial(drawn.Endpoint, drawn.Id);
                free--;
            }
            else
            {
                // There is none now. To look again with each step would go through the whole book each time.
                _nextDraw = output.Steady.Plus(s_first);
            }
        }

        if (free > 0 && book.Count > 0 && _nextDraw < Due) Due = _nextDraw;
        foreach (Attempt waiting in _attempts.Values.Where(attempt => attempt.Next > output.Steady && attempt.Next < Due)) Due = waiting.Next;
    }

    /// <summary>A dial has led to a connection.</summary>
    public void Reached(NodeEndpoint dialled)
    {
        if (_attempts.TryGetValue(dialled, out Attempt? attempt)) attempt.IsUnderWay = false;
    }

    /// <summary>The node that was reached proved to be one to stay with.</summary>
    public void Proven(NodeEndpoint dialled) => _attempts.Remove(dialled);

    /// <summary>A dial, or the connection that it led to, came to nothing.</summary>
    public void Failed(NodeEndpoint dialled)
    {
        book.Fail(dialled);
        Attempt attempt = AttemptOf(dialled);
        (attempt.IsUnderWay, attempt.Next) = (false, output.Steady.Plus(Backoff(attempt.Failures++)));
    }

    /// <summary>Which node was met at an endpoint: it is not dialled there while it is connected otherwise.</summary>
    public void Met(NodeEndpoint dialled, NodeId node)
    {
        if (_met.Count >= MostRemembered) _met.Clear();
        _met[dialled] = node;
    }

    /// <summary>This node itself is at an endpoint.</summary>
    public void IsSelf(NodeEndpoint endpoint) => _self.Add(endpoint);

    private bool MayDial(NodeEndpoint endpoint) =>
        !_self.Contains(endpoint) && (!_attempts.TryGetValue(endpoint, out Attempt? attempt) || !attempt.IsUnderWay && attempt.Next <= output.Steady);

    private bool IsInUse(IReadOnlyCollection<Peer> peers, NodeEndpoint endpoint, NodeId? node)
    {
        if (node is null && _met.TryGetValue(endpoint, out NodeId met)) node = met;
        return peers.Any(peer => endpoint.Equals(peer.Dialled) || node is not null && peer.Node == node) || node is { } known && known == NodeId.Of(options.NodeKey);
    }

    private void Dial(NodeEndpoint endpoint, NodeId? node)
    {
        Attempt attempt = AttemptOf(endpoint);
        (attempt.IsUnderWay, attempt.Next) = (true, output.Steady.Plus(s_patience));
        output.Emit(new PeerEffect.Dial(endpoint, node));
    }

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
        Span<byte> drawn = stackalloc byte[sizeof(ushort)];
        options.Entropy.Fill(drawn);
        return least + least * (BinaryPrimitives.ReadUInt16LittleEndian(drawn) / (2.0 * ushort.MaxValue));
    }

    private sealed class Attempt
    {
        public bool IsUnderWay { get; set; }

        public SteadyTime Next { get; set; }

        public int Failures { get; set; }
    }
}
