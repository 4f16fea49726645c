using System.Text.Json;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>The commands that steer a running development chain.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win")]
internal sealed class DevControlTests
{
    private readonly TestFolder _folder = new();
    private BackgroundRun? _chain;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _chain = BackgroundRun.Start(_folder.Path, "dev", "--block-time", "20ms", "--threads", "1");
        await _chain.NextAsync("started");
    }

    [SetUp]
    public async Task MineOnDemandAsync() => await DoAsync("mining", "manual");

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Assert.That(await _chain!.StopAsync(), Is.Zero, _chain.Error);
        await _chain.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Mining_Manual_MakesTheBlocksThatAreAskedForAndNoOthers()
    {
        ulong before = await HeightAsync();
        ulong mined = Number(await DoAsync("mine", "--blocks", "3"), "height");
        Assert.That(mined, Is.EqualTo(before + 3));
        Assert.That(Number(await DoAsync("mine"), "height"), Is.EqualTo(before + 4));
        Assert.That(await HeightAsync(), Is.EqualTo(before + 4));
    }

    [Test]
    public async Task Mining_Auto_MakesABlockWhenATransferComes()
    {
        await DoAsync("mining", "auto");
        JsonElement sent = await DoAsync("send", "2", "5", "--from", "1");
        await _chain!.NextAsync("block", block => block.GetProperty("transactions").GetInt32() == 2);
        Assert.That((await DoAsync("tx", sent.GetProperty("id").GetString()!)).GetProperty("state").GetString(), Is.EqualTo("confirmed"));
        Assert.That((await DoAsync("mining")).GetProperty("mode").GetString(), Is.EqualTo("auto"));
    }

    [Test]
    public async Task Mining_Interval_GoesOnByItself()
    {
        ulong before = await HeightAsync();
        await DoAsync("mining", "interval");
        await _chain!.NextAsync("block", block => block.GetProperty("height").GetUInt64() == before + 3);
    }

    [Test]
    public async Task Revert_ToASnapshot_UndoesWhatWasPaidSince()
    {
        ulong height = Number(await DoAsync("mine"), "height");
        string balance = await BalanceAsync();
        await DoAsync("snapshot", "before");
        JsonElement sent = await DoAsync("send", "2", "7", "--from", "1");
        await DoAsync("mine", "--blocks", "2");
        Assert.That(await BalanceAsync(), Is.Not.EqualTo(balance));
        await DoAsync("snapshot", "after");

        JsonElement reverted = await DoAsync("revert", "before");

        Assert.That((Number(reverted, "height"), Number(reverted, "undone")), Is.EqualTo((height, 2UL)));
        Assert.That(await BalanceAsync(), Is.EqualTo(balance));
        Assert.That((await DoAsync("snapshots")).GetProperty("snapshots").EnumerateArray().Select(taken => taken.GetProperty("name").GetString()), Has.Member("before").And.No.Member("after"));
        Assert.That((await RunAsync("tx", sent.GetProperty("id").GetString()!)).ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task Reorg_OfADepth_PutsOtherBlocksInTheirPlaceAndTheTransactionsBack()
    {
        JsonElement sent = await DoAsync("send", "2", "9", "--from", "1");
        JsonElement before = await DoAsync("mine", "--blocks", "3");

        JsonElement made = await DoAsync("reorg", "3");

        Assert.That((Number(made, "depth"), Number(made, "fork"), Number(made, "height")), Is.EqualTo((3UL, Number(before, "height") - 3, Number(before, "height") + 1)));
        Assert.That(made.GetProperty("oldTip").GetString(), Is.EqualTo(before.GetProperty("tip").GetString()));
        Assert.That(Number(made, "returned"), Is.EqualTo(1));
        await DoAsync("mine");
        Assert.That((await DoAsync("tx", sent.GetProperty("id").GetString()!)).GetProperty("state").GetString(), Is.EqualTo("confirmed"));
        JsonElement status = await DoAsync("status");
        Assert.That(status.GetProperty("supply").GetString(), Is.EqualTo(status.GetProperty("scheduledSupply").GetString()));
        await _chain!.NextAsync("disconnected");
    }

    [Test]
    public async Task Clock_SetForward_IsTheTimeOfTheNextBlock()
    {
        long before = (await DoAsync("clock")).GetProperty("time").GetInt64();
        long after = (await DoAsync("clock", "+2d")).GetProperty("time").GetInt64();
        Assert.That(after - before, Is.InRange(172_800_000, 172_800_000 + 600_000));
        await DoAsync("mine");
        Assert.That((await DoAsync("block", "tip")).GetProperty("time").GetInt64(), Is.InRange(after - 1_000, after + 600_000));
        Invocation back = await RunAsync("clock", "2020-01-01T00:00:00Z");
        Assert.That((back.ExitCode, back.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(back.Error, Does.Contain("only goes forward"));
    }

    [TestCase("There is no snapshot nowhere", "revert", "nowhere")]
    [TestCase("cannot be reorganized 1000 deep", "reorg", "1000")]
    public async Task Refusals_AreOneLine(string expected, params string[] args)
    {
        Invocation run = await RunAsync(args);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain(expected));
    }

    private async Task<ulong> HeightAsync() => Number(await DoAsync("status"), "height");

    private async Task<string> BalanceAsync() => (await DoAsync("balance", "2")).GetProperty("balances")[0].GetProperty("balance").GetString()!;

    private Task<Invocation> RunAsync(params string[] args) => Invocation.InFolderAsync(_folder.Path, args);

    private async Task<JsonElement> DoAsync(params string[] args)
    {
        Invocation run = await RunAsync([.. args, "--json"]);
        Assert.That(run.ExitCode, Is.Zero, $"{string.Join(' ', args)}: {run.Error}");
        return JsonDocument.Parse(run.OutputLines[^1]).RootElement;
    }

    private static ulong Number(JsonElement item, string name) => item.GetProperty(name).GetUInt64();
}
