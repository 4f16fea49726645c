using System.Diagnostics;
using System.Globalization;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests.Crashes;

/// <summary>A process that commits and says so, killed at any moment: what it has said must be there.</summary>
[Category("Long")]
public sealed class KillTests
{
    private const int Seed = 31;

    private static readonly int s_kills = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 200 : 8;

    [Test]
    public async Task Process_KilledWhileItCommits_LosesNothingItHasAcknowledged()
    {
        using var folder = new TestFolder(onDisk: true);
        var random = new Random(Seed);
        var expected = new TestRun(Seed);
        List<string> reopenings = [];
        int unacknowledged = 0, withWal = 0;
        for (int kill = 0; kill < s_kills; kill++)
        {
            // Every eighth is killed while it starts and opens the file.
            var time = TimeSpan.FromMilliseconds(random.Next(1, 80));
            int acknowledged = await RunAndKillAsync(folder.Ledger, reopenings, time, waits: kill % 8 != 5) ?? expected.Commits - 1;
            if (new FileInfo(folder.Ledger + "-wal") is { Exists: true, Length: > 0 }) withWal++;
            using var store = SqliteChainStore.Open(folder.Ledger);
            int found = expected.CommitOf(store);
            Assert.That(found, Is.EqualTo(acknowledged).Or.EqualTo(acknowledged + 1), $"seed {Seed}, kill {kill}");
            if (found > acknowledged) unacknowledged++;
            expected.SkipTo(found + 1);
            expected.AssertHeldBy(store);
            expected.Reopen();
            reopenings.Add(expected.Commits.ToString(CultureInfo.InvariantCulture));
        }

        Assert.That(expected.Commits, Is.GreaterThan(s_kills));
        await TestContext.Out.WriteLineAsync(Invariant($"seed {Seed}: {s_kills} kills during {expected.Commits} commits, {withWal} with a WAL left behind; acknowledged commits ")
            + Invariant($"lost: 0 (below 3/{s_kills} a kill at 95 %), files that do not open: 0; {unacknowledged} commits were durable before they were acknowledged"));
    }

    /// <summary>Returns the last commit that was acknowledged, or <c>null</c> when there was none.</summary>
    private static async Task<int?> RunAndKillAsync(string path, IEnumerable<string> reopenings, TimeSpan time, bool waits)
    {
        using Process child = ChildProgram.Start(["write", path, $"{Seed}", .. reopenings]);
        int? last = waits ? await ReadAsync(child) : null;
        var clock = Stopwatch.StartNew();
        while (waits && clock.Elapsed < time) last = await ReadAsync(child);
        if (!waits) await Task.Delay(time);
        child.Kill();

        // What it said before it died, but not a line that it could not finish.
        string rest = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        string[] lines = rest.Split('\n')[..^1];
        return lines.Length > 0 ? int.Parse(lines[^1], CultureInfo.InvariantCulture) : last;
    }

    private static async Task<int> ReadAsync(Process child) =>
        await child.StandardOutput.ReadLineAsync() is { } line ? int.Parse(line, CultureInfo.InvariantCulture) : throw new InvalidOperationException("The child has ended by itself.");
}
