namespace Coniunctum.Testing.Tests;

public sealed class TestClockTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Example_OfThePage_IsAnHourLater()
    {
        var clock = new TestClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(clock.GetUtcNow(), Is.EqualTo(s_start.AddHours(1)));
        Assert.That(clock.GetElapsedTime(0), Is.EqualTo(TimeSpan.FromHours(1)));
    }

    [Test]
    public void Timers_FireInOrder_EachAtItsTime()
    {
        var clock = new TestClock(s_start);
        var fired = new List<(string Name, double Seconds)>();
        using ITimer late = Timer(clock, "late", 3, Timeout.Infinite, fired);
        using ITimer early = Timer(clock, "early", 1, Timeout.Infinite, fired);
        using ITimer again = Timer(clock, "again", 1, 2, fired);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(fired, Is.Empty);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(fired, Is.EqualTo(new[] { ("early", 1.0), ("again", 1.0), ("late", 3.0), ("again", 3.0), ("again", 5.0) }));
    }

    [Test]
    public void Timer_ThatIsChangedOrDisposed_FiresAsItWasSaidLast()
    {
        var clock = new TestClock(s_start);
        var fired = new List<(string Name, double Seconds)>();
        using ITimer moved = Timer(clock, "moved", 1, Timeout.Infinite, fired);
        ITimer gone = Timer(clock, "gone", 1, 1, fired);
        moved.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        gone.Dispose();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.That(fired, Is.EqualTo(new[] { ("moved", 2.0) }));
        moved.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.That(fired, Has.Count.EqualTo(1));
    }

    [Test]
    public void Timer_SetByAnothersCallback_FiresInTheSameAdvance()
    {
        var clock = new TestClock(s_start);
        var fired = new List<(string Name, double Seconds)>();
        using ITimer second = Timer(clock, "second", Timeout.Infinite, Timeout.Infinite, fired);
        using ITimer first = clock.CreateTimer(_ => second.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(fired, Is.EqualTo(new[] { ("second", 2.0) }));
    }

    [Test]
    public void Set_MovesNoTimer()
    {
        var clock = new TestClock(s_start);
        var fired = new List<(string Name, double Seconds)>();
        using ITimer timer = Timer(clock, "timer", 1, Timeout.Infinite, fired);
        clock.Set(s_start.AddYears(10));
        Assert.That(fired, Is.Empty);
        clock.Set(s_start.AddYears(-10));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(clock.GetUtcNow(), Is.EqualTo(s_start.AddYears(-10).AddSeconds(1)));
        Assert.That(fired, Has.Count.EqualTo(1));
    }

    [Test]
    public void Times_OutOfRange_AreRefused_AsTheSystemDoes([Values(-2, 0x1_0000_0000)] double milliseconds)
    {
        var clock = new TestClock(s_start);
        Assert.That(() => clock.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => clock.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(milliseconds)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => clock.Advance(TimeSpan.FromTicks(-1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static ITimer Timer(TestClock clock, string name, double seconds, double period, List<(string Name, double Seconds)> fired) => clock.CreateTimer(
        _ => fired.Add((name, clock.GetElapsedTime(0).TotalSeconds)), null, Span(seconds), Span(period));

    private static TimeSpan Span(double seconds) => seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
}
