using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Ledger.State;

/// <summary>The entries of a table at the chain's tip.</summary>
internal sealed class BaseTable<TKey, TValue> : Table<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];

    public int Count => _entries.Count;

    public IEnumerable<KeyValuePair<TKey, TValue>> Entries => _entries;

    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    /// <summary>Moves to the state after the changes. Throws when an entry is not what the change says it was.</summary>
    public void Apply(IReadOnlyList<TableChange<TKey, TValue>> changes)
    {
        foreach (TableChange<TKey, TValue> change in changes)
        {
            Slot<TValue> current = _entries.TryGetValue(change.Key, out TValue? value) ? new Slot<TValue>(value) : default;
            if (!current.Equals(change.Before))
                throw new InvalidOperationException("A change does not fit the state that it is applied to.");
            if (change.After.IsPresent)
                _entries[change.Key] = change.After.Value;
            else
                _entries.Remove(change.Key);
        }
    }
}
