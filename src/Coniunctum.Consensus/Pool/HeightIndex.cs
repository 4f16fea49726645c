namespace Coniunctum.Consensus.Pool;

/// <summary>Transactions by a height at which something about them changes. Adding and removing cost the logarithm of the heights in use, at most.</summary>
internal sealed class HeightIndex
{
    private readonly SortedSet<ulong> _heights = [];
    private readonly Dictionary<ulong, HashSet<PoolEntry>> _entries = [];

    public void Add(ulong height, PoolEntry entry)
    {
        if (!_entries.TryGetValue(height, out HashSet<PoolEntry>? entries))
        {
            _entries.Add(height, entries = []);
            _heights.Add(height);
        }

        entries.Add(entry);
    }

    /// <summary>Removes a transaction, if it is listed under the height.</summary>
    public void Remove(ulong height, PoolEntry entry)
    {
        if (!_entries.TryGetValue(height, out HashSet<PoolEntry>? entries) || !entries.Remove(entry) || entries.Count > 0) return;
        _entries.Remove(height);
        _heights.Remove(height);
    }

    /// <summary>Removes and returns all up to a height, the lowest first, the oldest first among equals.</summary>
    public List<PoolEntry> TakeUpTo(ulong height)
    {
        var taken = new List<PoolEntry>();
        while (_heights.Count > 0 && _heights.Min <= height)
        {
            ulong lowest = _heights.Min;
            taken.AddRange(_entries[lowest].Order(PoolEntry.ByArrival));
            _entries.Remove(lowest);
            _heights.Remove(lowest);
        }

        return taken;
    }

    /// <summary>Returns all from a height on, the lowest first, the oldest first among equals.</summary>
    public List<PoolEntry> ListFrom(ulong height) =>
        [.. _heights.GetViewBetween(height, ulong.MaxValue).SelectMany(listed => _entries[listed].Order(PoolEntry.ByArrival))];
}
