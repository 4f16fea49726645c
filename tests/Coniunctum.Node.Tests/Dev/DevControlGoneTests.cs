using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>Whoever asked something of a development chain and goes away leaves it mining as before. Here no producer answers, as while a block takes long.</summary>
internal sealed class DevControlGoneTests
{
    private readonly MiningSwitch _mining = new();
    private LedgerHost? _ledger;
    private DevControl? _control;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _ledger = await LedgerBuilder.For(Profiles.Development).FollowOthers().StartAsync();
        _control = new DevControl(_ledger, _mining, new DevClock(TimeProvider.System));
        await _control.SnapshotAsync("first", CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _control!.Dispose();
        await _ledger!.DisposeAsync();
    }

    private static IEnumerable<TestCaseData> Held()
    {
        yield return new TestCaseData((Func<DevControl, CancellationToken, Task>)((control, gone) => control.AdvanceAsync(static now => now.AddHours(1), gone))).SetArgDisplayNames("clock");
        yield return new TestCaseData((Func<DevControl, CancellationToken, Task>)((control, gone) => control.RevertAsync("first", gone))).SetArgDisplayNames("revert");
        yield return new TestCaseData((Func<DevControl, CancellationToken, Task>)((control, gone) => control.ReorganizeAsync(1, gone))).SetArgDisplayNames("reorg");
    }

    [TestCaseSource(nameof(Held))]
    public void Hold_WhoseAskerIsGone_IsReleased(Func<DevControl, CancellationToken, Task> ask)
    {
        using var gone = new CancellationTokenSource();
        Task asked = ask(_control!, gone.Token);
        Assert.That(() => _mining.IsOn(0, hasTransactions: false), Is.False.After(10_000, 10), "mining is held");
        gone.Cancel();
        Assert.That(async () => await asked, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_mining.IsOn(0, hasTransactions: false), Is.True);
    }

    [Test]
    public void Mine_WhoseAskerIsGone_IsTakenBack()
    {
        Task applied = _mining.SetModeAsync(MiningMode.Manual);
        using var gone = new CancellationTokenSource();
        Task asked = _control!.MineAsync(5, gone.Token);
        Assert.That(() => _mining.IsOn(0, hasTransactions: false), Is.True.After(10_000, 10), "five are mined");
        Assert.That(_control.Snapshots.Snapshots.Select(taken => taken.Name), Is.EqualTo(new[] { "first" }), "whoever only reads waits for no one's blocks");
        gone.Cancel();
        Assert.That(async () => await asked, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_mining.IsOn(0, hasTransactions: false), Is.False);
        Assert.That(applied.IsCompleted, Is.False, "no producer is here");
        _ = _mining.SetModeAsync(MiningMode.Interval);
    }
}
