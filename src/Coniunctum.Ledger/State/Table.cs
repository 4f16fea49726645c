using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Ledger.State;

/// <summary>A keyed table of the state, to read.</summary>
internal abstract class Table<TKey, TValue>
    where TKey : notnull
{
    public abstract bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value);

    public TValue? GetOrDefault(TKey key) => TryGet(key, out TValue? value) ? value : default;

    public bool Contains(TKey key) => TryGet(key, out _);
}
