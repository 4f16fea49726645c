namespace Coniunctum.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers go by the time that has passed, and their callbacks run on the thread that
/// moves the clock. Safe to use from several threads; moved by one at a time.
/// </summary>
/// <example>
/// <code>
/// var clock = new TestClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
/// clock.Advance(TimeSpan.FromHours(1));
/// </code>
/// </example>
public sealed class TestClock : TimeProvider
{
    // The framework's timers reach no further.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(0xfffffffe);

    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now;
    private TimeSpan _elapsed;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">What it shows.</param>
    public TestClock(DateTimeOffset start) => _now = start;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate) return _elapsed.Ticks;
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative and not infinite, or over 49 days: the system's timers are as strict.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets what the clock shows, as an owner does who finds it wrong: no time passes, and no timer is moved.</summary>
    /// <param name="now">The time, earlier ones included.</param>
    public void Set(DateTimeOffset now)
    {
        lock (_gate) _now = now;
    }

    /// <summary>Lets time pass, from timer to timer.</summary>
    /// <param name="span">How much; at least zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is negative.</exception>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
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
                next.Pass();
            }

            next.Fire();
        }
    }

    private sealed class Timer(TestClock owner, Action fire) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        /// <summary>Goes on to the next time, or ends. Under the owner's lock.</summary>
        public void Pass()
        {
            if (_period > TimeSpan.Zero) Due += _period;
            else owner._timers.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ThrowIfOutOfRange(dueTime, nameof(dueTime));
            ThrowIfOutOfRange(period, nameof(period));
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                (Due, _period) = (owner._elapsed + dueTime, period);
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

        private static void ThrowIfOutOfRange(TimeSpan time, string name)
        {
            if (time == Timeout.InfiniteTimeSpan) return;
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, s_longest, name);
        }
    }
}
