using Coniunctum.Client.Models;

namespace Coniunctum.Node.Localnet;

/// <summary>
/// When each block was at each node, by the nodes' own clock, which on one machine is one: from the first that had it durably to
/// every other that was up and had caught up by then. Safe to use from several threads.
/// </summary>
internal sealed class Sightings
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long At, int Node)> _first = [];
    private readonly List<double> _delays = [];
    private readonly HashSet<string> _confirmed = [];

    /// <summary>Takes note of a change at a node.</summary>
    public void Take(LocalNode node, ChangeModel change)
    {
        if (change.Event is not "block") return;
        lock (_gate)
        {
            foreach (string id in change.Transactions.Skip(1)) _confirmed.Add(id);
            if (_first.TryAdd(change.Id, (change.At, node.Index))) return;
            (long at, int first) = _first[change.Id];
            if (first == node.Index || node.ReadySince is not { } ready || ready > Math.Min(at, change.At)) return;
            _delays.Add(Math.Abs(change.At - at));
        }
    }

    /// <summary>The ids of all transfers that a node has reported in a block of its chain.</summary>
    public HashSet<string> Confirmed()
    {
        lock (_gate) return [.. _confirmed];
    }

    /// <summary>Returns the delay in milliseconds that a part of all pairs of block and node stays within; <c>null</c> without any.</summary>
    public double? Percentile(double part)
    {
        lock (_gate)
        {
            if (_delays.Count == 0) return null;
            double[] sorted = [.. _delays.Order()];
            return sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
        }
    }

    /// <summary>How many pairs of block and node there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _delays.Count;
        }
    }
}
