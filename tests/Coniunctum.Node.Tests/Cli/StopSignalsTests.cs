using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

public sealed class StopSignalsTests
{
    [Test]
    public void TryTake_FirstSignal_AsksToStop()
    {
        using var signals = new StopSignals(new HandClock());
        bool before = signals.Token.IsCancellationRequested;

        Assert.That(signals.TryTake(), Is.True);
        Assert.That((before, signals.Token.IsCancellationRequested), Is.EqualTo((false, true)));
    }

    [TestCase(0, true)]
    [TestCase(999, true)]
    [TestCase(1_000, false)]
    [TestCase(60_000, false)]
    public void TryTake_SecondSignal_EndsTheProcessOnlyFromASecondOn(int milliseconds, bool isTaken)
    {
        var clock = new HandClock();
        using var signals = new StopSignals(clock);
        signals.TryTake();
        clock.Milliseconds = milliseconds;

        Assert.That(signals.TryTake(), Is.EqualTo(isTaken));
    }

    [Test]
    public void TryTake_ManySignalsWithinASecond_CountFromTheFirst()
    {
        var clock = new HandClock();
        using var signals = new StopSignals(clock);
        signals.TryTake();
        foreach (int milliseconds in (int[])[400, 800])
        {
            clock.Milliseconds = milliseconds;
            Assert.That(signals.TryTake(), Is.True);
        }

        clock.Milliseconds = 1_100;
        Assert.That(signals.TryTake(), Is.False);
    }

    private sealed class HandClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Milliseconds;
    }
}
