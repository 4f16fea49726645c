namespace Coniunctum.Node.Cli;

/// <summary>
/// What the signals that ask a process to end mean: the first one ends the command cleanly, one that comes a second or more
/// later ends the process at once. What comes in between is the same request said twice, as by programs that signal a process and
/// its group.
/// </summary>
/// <param name="time">Measures the time between them.</param>
internal sealed class StopSignals(TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private long? _first;

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Takes a signal. Safe on several threads at once.</summary>
    /// <returns>Whether that was all; otherwise the system may do what it does with the signal.</returns>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (_first is { } first) return time.GetElapsedTime(first) < Patience;
            _first = time.GetTimestamp();
        }

        _stop.Cancel();
        return true;
    }

    public void Dispose() => _stop.Dispose();
}
