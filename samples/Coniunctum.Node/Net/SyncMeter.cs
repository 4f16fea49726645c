namespace Coniunctum.Node.Net;

/// <summary>Measures a synchronisation: the rate over its last seconds, and the time that is left.</summary>
/// <param name="time">The clock.</param>
internal sealed class SyncMeter(TimeProvider time)
{
    private const int Window = 20;

    private readonly Queue<(long Time, ulong Height)> _samples = new();

    /// <summary>Takes note of the height.</summary>
    public SyncProgress Add(ulong height, ulong target)
    {
        long now = time.GetTimestamp();
        _samples.Enqueue((now, height));
        if (_samples.Count > Window) _samples.Dequeue();
        (long then, ulong before) = _samples.Peek();
        double seconds = time.GetElapsedTime(then, now).TotalSeconds;
        double rate = seconds > 0 && height > before ? (height - before) / seconds : 0;
        TimeSpan? left = rate > 0 && target >= height ? TimeSpan.FromSeconds(Math.Min((target - height) / rate, TimeSpan.FromDays(999).TotalSeconds)) : null;
        return new SyncProgress(height, target, rate, left);
    }

    /// <summary>Forgets the samples of a synchronisation that has ended.</summary>
    public void Reset() => _samples.Clear();
}
