namespace Coniunctum.P2P.Tests.Support;

/// <summary>A clock that stands still until it is moved; timers fire on the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private long _now = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait.</summary>
    public int Timers
    {
        get
        {
            lock (_gate) return _timers.Count;
        }
    }

    /// <summary>How long it is until the next timer fires; for ever where none waits.</summary>
    public TimeSpan UntilNext
    {
        get
        {
            lock (_gate) return _timers.MinBy(timer => timer.Due) is { } next ? TimeSpan.FromTicks(Math.Max(0, next.Due - _now)) : TimeSpan.MaxValue;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _now;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on to the next timer and lets it fire; false when none waits.</summary>
    public bool AdvanceToNext()
    {
        Timer? next;
        lock (_gate)
        {
            next = _timers.MinBy(timer => timer.Due);
            if (next is null) return false;
            _now = Math.Max(_now, next.Due);
            _timers.Remove(next);
        }

        next.Fire();
        return true;
    }

    public void Advance(TimeSpan span)
    {
        long end = GetTimestamp() + span.Ticks;
        while (true)
        {
            Timer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                _now = next?.Due ?? end;
                if (next is null) return;
                _timers.Remove(next);
            }

            next.Fire();
        }
    }

    private sealed class Timer(ManualTime owner, Action fire) : ITimer
    {
        public long Due { get; private set; }

        /// <summary>What goes on because of it does so here and now, whatever context a test runs in.</summary>
        public void Fire()
        {
            SynchronizationContext? context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                fire();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = owner._now + dueTime.Ticks;
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
