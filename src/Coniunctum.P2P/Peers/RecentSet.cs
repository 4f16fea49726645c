namespace Coniunctum.P2P.Peers;

/// <summary>The last so many different things that were added: what is older is forgotten.</summary>
/// <param name="capacity">How many.</param>
internal sealed class RecentSet<T>(int capacity)
    where T : notnull
{
    private readonly HashSet<T> _items = [];
    private readonly Queue<T> _order = new();

    public int Count => _items.Count;

    public bool Contains(T item) => _items.Contains(item);

    public bool Add(T item)
    {
        if (!_items.Add(item)) return false;
        _order.Enqueue(item);
        // Some of those in order may have been removed.
        while (_items.Count > capacity || _order.Count > 2 * capacity) _items.Remove(_order.Dequeue());
        return true;
    }

    public bool Remove(T item) => _items.Remove(item);
}
