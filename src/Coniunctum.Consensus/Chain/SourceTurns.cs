using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Consensus.Chain;

/// <summary>What waits, by who sent it. The sources take turns: one that sends much delays no other's.</summary>
/// <typeparam name="T">What waits.</typeparam>
internal sealed class SourceTurns<T>
    where T : class
{
    private readonly Dictionary<PeerId, Queue<T>> _waiting = [];
    private readonly Queue<PeerId> _turns = new();

    /// <summary>Adds something behind what its source has here.</summary>
    public void Add(PeerId source, T item)
    {
        if (!_waiting.TryGetValue(source, out Queue<T>? items))
        {
            _waiting.Add(source, items = new Queue<T>());
            _turns.Enqueue(source);
        }

        items.Enqueue(item);
    }

    /// <summary>Returns what is next.</summary>
    public bool TryPeek([NotNullWhen(true)] out T? item)
    {
        item = _turns.TryPeek(out PeerId source) ? _waiting[source].Peek() : null;
        return item is not null;
    }

    /// <summary>Takes what is next, and goes on to the next source.</summary>
    public void Take()
    {
        PeerId source = _turns.Dequeue();
        Queue<T> items = _waiting[source];
        items.Dequeue();
        if (items.Count > 0)
            _turns.Enqueue(source);
        else
            _waiting.Remove(source);
    }
}
