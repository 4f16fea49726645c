namespace Coniunctum;

/// <summary>Lets bytes, or whatever else is counted, in while fewer than a limit are inside, with those that the machine still works on; others wait in line.</summary>
internal sealed class WeightedSemaphore(long limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _line = new();
    private long _entered;
    private long _backlog;
    private bool _isOpen;

    // What is larger than the limit passes alone.
    private bool HasRoom => _isOpen || _entered + _backlog < limit;

    /// <summary>Waits until there is room. Who was let in leaves, once.</summary>
    public async Task EnterAsync(int bytes, CancellationToken cancellation)
    {
        var admitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<Waiter> place;
        lock (_gate)
        {
            if (_line.Count == 0 && HasRoom)
            {
                _entered += bytes;
                return;
            }

            place = _line.AddLast(new Waiter(bytes, admitted));
        }

        await using (cancellation.UnsafeRegister(_ => GiveUp(place, cancellation), null).ConfigureAwait(false))
            await admitted.Task.ConfigureAwait(false);
    }

    /// <summary>The machine has taken the bytes, or never will.</summary>
    public void Leave(int bytes)
    {
        lock (_gate)
        {
            _entered -= bytes;
            Admit();
        }
    }

    /// <summary>Says what the machine still works on.</summary>
    public void SetBacklog(long bytes)
    {
        lock (_gate)
        {
            _backlog = bytes;
            Admit();
        }
    }

    /// <summary>Lets everyone in from now on: whoever comes is informed that the ledger has stopped.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _isOpen = true;
            Admit();
        }
    }

    private void Admit()
    {
        while (_line.First is { } first && HasRoom)
        {
            _line.RemoveFirst();
            _entered += first.Value.Bytes;
            first.Value.Admitted.TrySetResult();
        }
    }

    private void GiveUp(LinkedListNode<Waiter> place, CancellationToken cancellation)
    {
        lock (_gate)
        {
            // Who was let in a moment before is inside.
            if (place.List is null) return;
            _line.Remove(place);
        }

        place.Value.Admitted.TrySetCanceled(cancellation);
    }

    private sealed record Waiter(int Bytes, TaskCompletionSource Admitted);
}
