namespace Coniunctum.Node.Dev;

/// <summary>A clock whose wall time can be set forward; timers and the steady clock go on as ever.</summary>
/// <param name="time">The machine's clock.</param>
internal sealed class DevClock(TimeProvider time) : TimeProvider
{
    private long _aheadTicks;

    /// <summary>By how much it is ahead of the machine's clock.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);

    /// <summary>Sets the clock forward.</summary>
    public void Advance(TimeSpan span) => Interlocked.Add(ref _aheadTicks, span.Ticks);
}
