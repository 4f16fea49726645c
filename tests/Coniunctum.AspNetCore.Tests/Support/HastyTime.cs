namespace Coniunctum.AspNetCore.Tests.Support;

/// <summary>The system's clock, by which every wait is twenty times as short.</summary>
internal sealed class HastyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / 20, period);
}
