using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Two connections between the same two nodes, as when both dial at once. The node with the larger id decides: it pings the older
/// one, and closes the newer when the answer comes, or the older when none comes within 5 seconds. Which it has chosen the other side sees
/// by where the ledger is opened, and waits for that.
/// </summary>
internal sealed class Duplicates(NodeId self, PeerOutput output)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // Whose turn it is not waits longer than the other may take.
    private static readonly TimeSpan s_longPatience = TimeSpan.FromSeconds(15);

    private readonly List<Pair> _pairs = [];

    public SteadyTime Due => _pairs.Select(pair => pair.Due).DefaultIfEmpty(new SteadyTime(TimeSpan.MaxValue)).Min();

    public void Add(Peer older, Peer newer)
    {
        bool decides = self > newer.Node!.Value;
        // A third one is one too many, whoever decides.
        if (_pairs.Exists(pair => pair.Older == older || pair.Newer == older))
        {
            output.Close(newer, ByeReason.Duplicate, "the two nodes are connected twice already");
            return;
        }

        _pairs.Add(new Pair(older, newer, decides, output.Steady.Plus(decides ? s_patience : s_longPatience)));
        if (decides) output.Send(older, new Ping(0));
    }

    /// <summary>A peer has answered; returns the connection that is to be closed for it.</summary>
    public Peer? Pong(Peer older)
    {
        Pair? pair = _pairs.Find(pair => pair.Decides && pair.Older == older);
        if (pair is null) return null;
        _pairs.Remove(pair);
        return pair.Newer;
    }

    /// <summary>A connection is over; returns the one that is left of a pair and was not welcome before.</summary>
    public Peer? Close(Peer peer)
    {
        Pair? pair = _pairs.Find(pair => pair.Older == peer || pair.Newer == peer);
        if (pair is null) return null;
        _pairs.Remove(pair);
        return pair.Older == peer ? pair.Newer : null;
    }

    /// <summary>The ledger was opened on a connection; returns the other one of a pair, if that is the other side's choice.</summary>
    public Peer? Opened(Peer newer) => _pairs.Find(pair => !pair.Decides && pair.Newer == newer)?.Older;

    public void Look()
    {
        foreach (Pair pair in _pairs.Where(pair => pair.Due <= output.Steady).ToArray())
        {
            if (pair.Decides)
            {
                // The newer one takes its place when it is gone.
                pair.Due = new SteadyTime(TimeSpan.MaxValue);
                output.Close(pair.Older, ByeReason.Timeout, "the older one of two connections is silent");
            }
            else
            {
                // Nothing was chosen: the one that was silent longer goes.
                pair.Due = new SteadyTime(TimeSpan.MaxValue);
                output.Close(pair.Older.LastHeard < pair.Newer.LastHeard ? pair.Older : pair.Newer, ByeReason.Duplicate, "the two nodes are connected already");
            }
        }
    }

    private sealed class Pair(Peer older, Peer newer, bool decides, SteadyTime due)
    {
        public Peer Older { get; } = older;

        public Peer Newer { get; } = newer;

        public bool Decides { get; } = decides;

        public SteadyTime Due { get; set; } = due;
    }
}
