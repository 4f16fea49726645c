namespace Coniunctum.Tests.Support;

/// <summary>A clock that stands still until it is moved; timers fire on the thread that moves it, by the time that has passed. As strict as the system's about what a timer may be.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(0xfffffffe);

    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate) return _elapsed.Ticks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, Longest);
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the clock, as an owner does who finds it wrong: no timer hears of it.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (_gate) _now = now;
    }

    /// <summary>Moves on, from timer to timer.</summary>
    public void Advance(TimeSpan span)
    {
        TimeSpan end;
        lock (_gate) end = _elapsed + span;
        while (true)
        {
            Timer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                TimeSpan to = next is null ? end : next.Due < _elapsed ? _elapsed : next.Due;
                _now += to - _elapsed;
                _elapsed = to;
                if (next is null) return;
                _timers.Remove(next);
            }

            next.Fire();
        }
    }

    private sealed class Timer(ManualTime owner, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = owner._elapsed + dueTime;
                owner._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._gate) owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
