namespace Coniunctum.Consensus.Pool;

/// <summary>Which transactions one change of the pool has moved, so that each is reported once, with where it ended up.</summary>
internal sealed class PoolMoves
{
    private readonly List<PoolEntry> _moved = [];

    /// <summary>Notes a transaction whose place has changed, perhaps not for the last time.</summary>
    public void Add(PoolEntry entry) => _moved.Add(entry);

    /// <summary>Reports those that are elsewhere than last reported, once each.</summary>
    public void Report(ICollection<PoolEvent> events)
    {
        foreach (PoolEntry entry in _moved)
        {
            if (entry.Place == PoolStatus.Outside || entry.Place == entry.LastReported) continue;
            Admission reason = entry.Place == PoolStatus.Waiting ? new Admission(entry.WaitsFor, PoolRule.Waiting) : Admission.Accepted;
            events.Add(new PoolEvent(entry.Transaction, entry.LastReported, entry.Place, reason, null));
            entry.LastReported = entry.Place;
        }

        _moved.Clear();
    }
}
