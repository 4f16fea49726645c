namespace Coniunctum.Ledger.Tests;

public sealed class TimestampTests
{
    private const ulong NewYear2026 = 1_767_225_600_000;

    [Test]
    public void From_TimeOfAnyOffset_IsItsMoment()
    {
        Assert.That(Timestamp.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).UnixMilliseconds, Is.EqualTo(NewYear2026));
        Assert.That(Timestamp.From(new DateTimeOffset(2026, 1, 1, 5, 30, 0, TimeSpan.FromHours(5.5))).UnixMilliseconds, Is.EqualTo(NewYear2026));
    }

    [Test]
    public void From_UtcOrLocalDateTime_IsItsMoment()
    {
        var utc = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Assert.That(Timestamp.From(utc).UnixMilliseconds, Is.EqualTo(NewYear2026));
        Assert.That(Timestamp.From(utc.ToLocalTime()).UnixMilliseconds, Is.EqualTo(NewYear2026));
    }

    /// <summary>The framework would take it for local time: another moment on every machine.</summary>
    [Test]
    public void From_UnspecifiedDateTime_IsRefused() =>
        Assert.That(() => Timestamp.From(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified)), Throws.ArgumentException.With.Message.Contains("UTC"));

    [Test]
    public void From_TimeBefore1970_IsRefused() =>
        Assert.That(() => Timestamp.From(DateTimeOffset.UnixEpoch.AddTicks(-1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
