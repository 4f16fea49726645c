using Coniunctum.Ledger.Storage;

namespace Coniunctum.Simulation.Tests;

public sealed class CrashingStoreTests
{
    [Test]
    public void Begin_BeforeItIsDurable_ShowsNothing()
    {
        using var store = new CrashingStore();
        store.Begin(Record("a"));
        Assert.That(store.ReadRecord("a"), Is.Null);
        store.EndOldest(1);
        Assert.That(store.ReadRecord("a"), Is.Not.Null);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public void Crash_WithCommitsUnderWay_KeepsTheOldestOnly(int kept)
    {
        using var store = new CrashingStore();
        string[] keys = ["a", "b", "c"];
        foreach (string key in keys) store.Begin(Record(key));
        store.Crash(kept);

        Assert.That(keys.Where(key => store.ReadRecord(key) is not null), Is.EqualTo(keys[..kept]));
        Assert.That(store.Lost, Is.EqualTo(3 - kept));
        Assert.That(store.UnderWay, Is.Zero);
    }

    private static StoreBatch Record(string key) => new() { Records = [new StoreBatch.Record(key, new byte[] { 1 })] };
}
