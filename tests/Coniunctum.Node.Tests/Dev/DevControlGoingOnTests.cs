using System.Text.Json;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>Development chains that are steered, stopped and started again, and what is refused beside traffic.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win")]
internal sealed class DevControlGoingOnTests
{
    [Test]
    public async Task Clock_SetForwardBeforeARestart_GoesOnAtTheLastBlocksTime()
    {
        using var folder = new TestFolder();
        ulong last;
        await using (BackgroundRun first = Start(folder))
        {
            await first.NextAsync("started");
            await DoAsync(folder, "mining", "manual");
            await DoAsync(folder, "clock", "+3d");
            await DoAsync(folder, "mine");
            last = Number(await DoAsync(folder, "block", "tip"), "time");
            Assert.That(await first.StopAsync(), Is.Zero, first.Error);
        }

        await using BackgroundRun second = Start(folder);
        await second.NextAsync("started");
        await DoAsync(folder, "mining", "manual");
        JsonElement clock = await DoAsync(folder, "clock");
        await DoAsync(folder, "mine");

        Assert.That(Number(clock, "time"), Is.InRange(last, last + 600_000));
        Assert.That(Number(clock, "ahead"), Is.InRange(258_600_000UL, 259_200_000UL), "less than three days, by what has passed meanwhile");
        Assert.That(Number(await DoAsync(folder, "block", "tip"), "time"), Is.InRange(last, last + 600_000));
        Assert.That(await second.StopAsync(), Is.Zero, second.Error);
    }

    /// <summary>What the run before has confirmed is taken back, and confirmed by this one.</summary>
    [Test]
    public async Task Reorg_BelowTheHeightAtWhichTheRunBegan_LeavesAnExactSupply()
    {
        using var folder = new TestFolder();
        await using (BackgroundRun first = Start(folder))
        {
            await first.NextAsync("started");
            await DoAsync(folder, "mining", "manual");
            await DoAsync(folder, "send", "2", "9", "--from", "1");
            await DoAsync(folder, "mine", "--blocks", "2");
            Assert.That(await first.StopAsync(), Is.Zero, first.Error);
            Assert.That(Number(await first.NextAsync("summary"), "confirmed"), Is.EqualTo(1));
        }

        await using BackgroundRun second = Start(folder);
        ulong begin = Number(await second.NextAsync("started"), "height");
        await DoAsync(folder, "mining", "manual");
        ulong height = Number(await DoAsync(folder, "mine"), "height");
        JsonElement made = await DoAsync(folder, "reorg", Invariant($"{height - begin + 2}"));
        await DoAsync(folder, "mine");
        Assert.That(await second.StopAsync(), Is.Zero, second.Error);
        JsonElement summary = await second.NextAsync("summary");

        Assert.That((Number(made, "fork"), Number(made, "returned")), Is.EqualTo((begin - 2, 1UL)));
        Assert.That((Number(summary, "startHeight"), Number(summary, "height"), Number(summary, "confirmed")), Is.EqualTo((begin, height + 2, 1UL)));
        Assert.That(ulong.Parse(Text(summary, "supply")), Is.EqualTo(ulong.Parse(Text(summary, "genesisSupply")) + ulong.Parse(Text(summary, "subsidies"))));
    }

    [TestCase("revert", "before")]
    [TestCase("reorg", "1")]
    public async Task GoingBack_WhileTrafficRuns_IsRefused(params string[] args)
    {
        using var folder = new TestFolder();
        await using BackgroundRun chain = Start(folder, "--traffic", "5");
        await chain.NextAsync("block");
        await DoAsync(folder, "snapshot", "before");

        Invocation refused = await Invocation.InFolderAsync(folder.Path, args);

        Assert.That((refused.ExitCode, refused.ErrorLines.Length), Is.EqualTo((2, 1)), refused.Error);
        Assert.That(refused.Error, Does.Contain("--traffic"));
        ulong seen = Number(await DoAsync(folder, "status"), "height");
        await chain.NextAsync("block", block => Number(block, "height") == seen + 1);
        Assert.That(await chain.StopAsync(), Is.Zero, chain.Error);
        Assert.That(Number(await chain.NextAsync("summary"), "mismatched"), Is.Zero);
    }

    private static BackgroundRun Start(TestFolder folder, params string[] args) =>
        BackgroundRun.Start(folder.Path, ["dev", "--block-time", "20ms", "--threads", "1", .. args]);

    private static async Task<JsonElement> DoAsync(TestFolder folder, params string[] args)
    {
        Invocation run = await Invocation.InFolderAsync(folder.Path, [.. args, "--json"]);
        Assert.That(run.ExitCode, Is.Zero, $"{string.Join(' ', args)}: {run.Error}");
        return JsonDocument.Parse(run.OutputLines[^1]).RootElement;
    }

    private static ulong Number(JsonElement item, string name) => item.GetProperty(name).GetUInt64();

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
