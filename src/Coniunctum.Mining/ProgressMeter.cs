namespace Coniunctum.Mining;

/// <summary>Decides when a report is due, and computes the rate. Safe to use from several threads, which never wait for a report.</summary>
internal sealed class ProgressMeter(IProgress<NonceSearchProgress> progress, TimeProvider time, TimeSpan interval)
{
    private readonly Lock _gate = new();
    private int _searches;
    private long _pausedAt; // timestamps
    private long _reportedAt;
    private long _reportedTried;

    /// <summary>A search begins.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            // As if the pause had not been.
            if (_searches++ == 0) Volatile.Write(ref _reportedAt, _reportedAt + time.GetTimestamp() - _pausedAt);
        }
    }

    /// <summary>A search has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (--_searches == 0) _pausedAt = time.GetTimestamp();
        }
    }

    /// <summary>Nonces were tried.</summary>
    /// <param name="tried">How many there were in all so far, counted on by the other threads.</param>
    public void Advance(ref long tried)
    {
        if (time.GetElapsedTime(Volatile.Read(ref _reportedAt)) < interval || !_gate.TryEnter()) return;
        try
        {
            // Another thread may have reported meanwhile.
            long count = Interlocked.Read(ref tried), now = time.GetTimestamp();
            TimeSpan elapsed = time.GetElapsedTime(_reportedAt, now);
            if (elapsed < interval) return;
            double rate = (count - _reportedTried) / elapsed.TotalSeconds;
            _reportedTried = count;
            Volatile.Write(ref _reportedAt, now);
            progress.Report(new NonceSearchProgress(count, rate));
        }
        finally
        {
            _gate.Exit();
        }
    }
}
