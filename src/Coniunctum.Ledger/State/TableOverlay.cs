using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Ledger.State;

/// <summary>Changes on top of a table that stays as it is.</summary>
internal sealed class TableOverlay<TKey, TValue>(Table<TKey, TValue> parent) : Table<TKey, TValue>
    where TKey : notnull
{
    // Two layers: what the finished blocks of this overlay did, and what the block in progress does on top.
    private readonly Dictionary<TKey, Slot<TValue>> _finished = [];
    private readonly Dictionary<TKey, Slot<TValue>> _current = [];

    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        Slot<TValue> slot = _current.TryGetValue(key, out Slot<TValue> changed) ? changed : Finished(key);
        value = slot.IsPresent ? slot.Value : default;
        return slot.IsPresent;
    }

    public void Set(TKey key, TValue value) => _current[key] = new Slot<TValue>(value);

    public void Remove(TKey key) => _current[key] = default;

    /// <summary>Ends the block in progress and returns what it changed, in the order of first change.</summary>
    public TableChange<TKey, TValue>[] EndBlock()
    {
        var changes = new List<TableChange<TKey, TValue>>(_current.Count);
        foreach ((TKey key, Slot<TValue> after) in _current)
        {
            Slot<TValue> before = Finished(key);
            if (!before.Equals(after)) changes.Add(new TableChange<TKey, TValue>(key, before, after));
        }

        _current.Clear();
        foreach (TableChange<TKey, TValue> change in changes) _finished[change.Key] = change.After;
        return [.. changes];
    }

    /// <summary>Forgets what the block in progress changed.</summary>
    public void DropBlock() => _current.Clear();

    /// <summary>Does (or, with reversed changes, undoes) a whole block.</summary>
    public void Apply(IEnumerable<TableChange<TKey, TValue>> changes)
    {
        foreach (TableChange<TKey, TValue> change in changes)
        {
            if (!Finished(change.Key).Equals(change.Before))
                throw new InvalidOperationException("A change does not fit the state that it is applied to.");
            _finished[change.Key] = change.After;
        }
    }

    /// <summary>Returns what all finished blocks together changed relative to the parent.</summary>
    public TableChange<TKey, TValue>[] Total()
    {
        var changes = new List<TableChange<TKey, TValue>>(_finished.Count);
        foreach ((TKey key, Slot<TValue> after) in _finished)
        {
            Slot<TValue> before = parent.TryGet(key, out TValue? value) ? new Slot<TValue>(value) : default;
            if (!before.Equals(after)) changes.Add(new TableChange<TKey, TValue>(key, before, after));
        }

        return [.. changes];
    }

    private Slot<TValue> Finished(TKey key)
    {
        if (_finished.TryGetValue(key, out Slot<TValue> slot)) return slot;
        return parent.TryGet(key, out TValue? value) ? new Slot<TValue>(value) : default;
    }
}
