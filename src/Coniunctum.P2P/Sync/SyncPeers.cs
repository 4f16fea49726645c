using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Sync;

/// <summary>What a synchronisation knows of the peers that have the ledger, and whose turn is next.</summary>
internal sealed class SyncPeers(PeerOutput output, ChainMirror chain)
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Peer, SyncPeer> _peers = [];

    /// <summary>Those that are not being closed.</summary>
    public IEnumerable<Peer> Living => _peers.Keys.Where(peer => !peer.IsClosing);

    /// <summary>Whether this node has all that they have claimed, but for those who did not show it; false without any.</summary>
    public bool HaveNothingNew => _peers.Count > 0 && _peers.All(pair => pair.Value.Rests > 0 || !IsAhead(pair.Key, pair.Value));

    /// <summary>When the next one that rests has its turn again.</summary>
    public SteadyTime Due =>
        _peers.Values.Where(standing => standing.RestsUntil > output.Steady).Select(standing => standing.RestsUntil).DefaultIfEmpty(new SteadyTime(TimeSpan.MaxValue)).Min();

    public SyncPeer this[Peer peer] => _peers[peer];

    public void Open(Peer peer, bool isAhead) => _peers[peer] = new SyncPeer { IsAhead = isAhead };

    public void Close(Peer peer) => _peers.Remove(peer);

    /// <summary>A peer has a block whose parent is not known here.</summary>
    public void NoteAhead(Peer peer)
    {
        if (_peers.TryGetValue(peer, out SyncPeer? standing)) standing.IsAhead = true;
    }

    /// <summary>Returns whose chain is looked into next, or <c>null</c>.</summary>
    public Peer? Next() => _peers.Where(pair => MayBegin(pair.Key, pair.Value))
        .OrderBy(pair => pair.Value.Rests).ThenByDescending(pair => pair.Key.IsOutbound).ThenByDescending(pair => pair.Key.Weight).ThenByDescending(pair => pair.Value.IsAhead).ThenBy(pair => pair.Key.Id.Value)
        .Select(pair => pair.Key).FirstOrDefault();

    /// <summary>Whether there is another one that has not had its turn.</summary>
    public bool HasNewBeside(Peer peer) => _peers.Any(pair => pair.Key != peer && pair.Value.Rests == 0 && MayBegin(pair.Key, pair.Value));

    /// <summary>A peer loses its place: others have their turn first.</summary>
    public void Rest(Peer peer)
    {
        SyncPeer standing = _peers[peer];
        TimeSpan rest = s_rest * (1 << Math.Min(standing.Rests++, 6));
        standing.RestsUntil = output.Steady.Plus(rest < s_longestRest ? rest : s_longestRest);
    }

    private bool IsAhead(Peer peer, SyncPeer standing) => standing.IsAhead || peer.Weight > chain.Weight;

    private bool MayBegin(Peer peer, SyncPeer standing) =>
        !peer.IsClosing && !standing.IsAsked && standing.RestsUntil <= output.Steady && IsAhead(peer, standing);
}

/// <summary>What a synchronisation knows of a peer.</summary>
internal sealed class SyncPeer
{
    /// <summary>Whether it has announced a block whose parent is not known.</summary>
    public bool IsAhead { get; set; }

    /// <summary>Whether it was asked for headers and has not answered, also where no one waits any more.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Whether these are headers that were put away.</summary>
    public bool IsAskedForChunk { get; set; }

    public SteadyTime RestsUntil { get; set; }

    public int Rests { get; set; }

    /// <summary>How often its headers did not go on where they began, since it last was of use.</summary>
    public int Changes { get; set; }
}
