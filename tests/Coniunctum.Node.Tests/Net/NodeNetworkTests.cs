using System.Text.Json;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Net;

/// <summary>Nodes that find each other, as people start them.</summary>
[TestFixture, NonParallelizable]
internal sealed class NodeNetworkTests
{
    [Test]
    public async Task Invite_OfAMiner_LetsAWalletFollow_AndPayBothWays()
    {
        using var folder = new TestFolder();
        await using BackgroundRun miner = BackgroundRun.Start(folder.Path, "node", "--new", "club", "--mine", "--threads", "1", "--block-time", "100ms", "--listen", "127.0.0.1:0");
        JsonElement started = await miner.NextAsync("started");
        Invocation invited = await RunAsync(folder, "invite", "--to", folder["link"], "--json");
        await using BackgroundRun wallet = BackgroundRun.Start(folder.Path, "node", "--invite", folder["link"], "--data", folder["wallet"]);
        JsonElement joined = await wallet.NextAsync("started");
        await wallet.NextAsync("synchronized");

        Invocation paid = await RunAsync(folder, "send", Text(joined, "account"), "5000", "--data", folder["nodes/club"], "--wait", "--json");
        await UntilAsync(folder, "5000", "balance", "own", "--data", folder["wallet"]);
        Invocation back = await RunAsync(folder, "send", Text(started, "account"), "7", "--fee", "3", "--data", folder["wallet"], "--wait", "--json");
        await UntilAsync(folder, Text(Json(back), "id"), "history", Text(joined, "account"), "--data", folder["nodes/club"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Text(started, "role"), Text(joined, "role"), Text(joined, "chainId")), Is.EqualTo(("full", "wallet", Text(started, "chainId"))));
            Assert.That(Text(Json(invited), "link"), Is.EqualTo((await File.ReadAllTextAsync(folder["link"])).Trim()));
            Assert.That(Json(await RunAsync(folder, "balance", "own", "--data", folder["wallet"], "--json")).GetProperty("balances")[0].GetProperty("balance").GetString(), Is.EqualTo("4990"));
            Assert.That((await RunAsync(folder, "tx", Text(Json(paid), "id"), "--data", folder["wallet"])).Output, Does.Contain("in block").And.Contain("5000"));
            Assert.That((await RunAsync(folder, "peers", "--data", folder["wallet"])).Output, Does.StartWith($"to {Text(started, "nodeId")} at 127.0.0.1:"));
            Assert.That((await RunAsync(folder, "block", "0", "--data", folder["wallet"])).Output, Does.Contain(Text(started, "chainId")));
            Assert.That((await RunAsync(folder, "watch", "--blocks", "1", "--data", folder["wallet"])).Output, Does.StartWith("block "));
            Assert.That((await RunAsync(folder, "balance", "--data", folder["nodes/club"])).Output, Does.StartWith("own "));
        }

        JsonElement status = Json(await RunAsync(folder, "status", "--data", folder["wallet"], "--json"));
        Assert.That((status.GetProperty("supply").GetString(), status.GetProperty("synchronized").GetBoolean(), status.GetProperty("kind").GetString()), Is.EqualTo((status.GetProperty("scheduledSupply").GetString(), true, "node")));
        Assert.That((await wallet.StopAsync(), await miner.StopAsync()), Is.EqualTo((0, 0)), wallet.Error + miner.Error);
        Assert.That(Directory.GetFileSystemEntries(folder["wallet"]).Select(Path.GetFileName), Is.EquivalentTo(
            new[] { "account.key", "invitation", "ledger.db", "ledger.index.db", "network.profile", "node.key" }), "a clean end leaves the node's files alone");

        // The file is one of those that db looks after.
        Invocation verified = await RunAsync(folder, "db", "verify", "--data", folder["wallet/ledger.db"], "--json");
        Assert.That((verified.ExitCode, Json(verified).GetProperty("damaged").GetInt64()), Is.EqualTo((0, 0L)), verified.Error);
        Invocation exported = await RunAsync(folder, "db", "export", folder["blocks"], "--data", folder["wallet/ledger.db"]);
        Invocation imported = await RunAsync(folder, "db", "import", folder["blocks"], "--data", folder["copy.db"], "--json");
        Assert.That((exported.ExitCode, imported.ExitCode), Is.EqualTo((0, 0)), exported.Error + imported.Error);
        Assert.That(Text(Json(imported), "tip"), Is.EqualTo(Text(Json(await RunAsync(folder, "db", "stats", "--data", folder["wallet/ledger.db"], "--json")), "tip")));
    }

    [Test]
    public async Task Node_StartedAgainInItsFolder_HasItsIdAndGoesOn()
    {
        using var folder = new TestFolder();
        await using BackgroundRun first = BackgroundRun.Start(folder.Path, "node", "--new", "club", "--rule", "authority", "--listen", "127.0.0.1:0");
        JsonElement before = await first.NextAsync("started");
        Invocation paid = await RunAsync(folder, "send", "own", "5", "--wait");
        Assert.That(paid.ExitCode, Is.Zero, paid.Error);
        await first.DisposeAsync();
        await using BackgroundRun again = BackgroundRun.Start(folder.Path, "node", "--profile", "club", "--listen", "127.0.0.1:0");
        JsonElement after = await again.NextAsync("started");
        Assert.That(
            (Text(after, "nodeId"), Text(after, "account"), Text(after, "chainId"), after.GetProperty("height").GetUInt64()),
            Is.EqualTo((Text(before, "nodeId"), Text(before, "account"), Text(before, "chainId"), 1UL)));
    }

    [TestCase("clique")]
    [TestCase("bft")]
    public async Task Members_NamedAtTheBeginning_MakeBlocksTogether(string rule)
    {
        using var folder = new TestFolder();
        string[] members = [.. await Task.WhenAll(Enumerable.Range(1, 3).Select(async i => (await RunAsync(folder, "account", "--data", folder[Invariant($"m{i}")])).Output.Trim()))];
        await using BackgroundRun first = BackgroundRun.Start(
            folder.Path, ["node", "--new", "club", "--rule", rule, "--block-time", "100ms", "--listen", "127.0.0.1:0", .. members.SelectMany(member => new[] { "--member", member })]);
        await first.NextAsync("started");
        string link = (await RunAsync(folder, "invite")).Output.Trim();
        var others = new List<BackgroundRun>();
        for (int i = 1; i <= 3; i++) others.Add(BackgroundRun.Start(folder.Path, "node", "--invite", link, "--data", folder[Invariant($"m{i}")], "--role", "validator", "--listen", "127.0.0.1:0"));
        // Four members: three of them must speak under either rule.
        await others[2].NextAsync("block", item => item.GetProperty("height").GetUInt64() >= 4);
        string id = Text(Json(await RunAsync(folder, "block", "2", "--data", folder["m3"], "--json")), "id");
        foreach (string data in (string[])["nodes/club", "m1", "m2"]) await UntilAsync(folder, id, "block", "2", "--data", folder[data]);
        foreach (BackgroundRun other in others) await other.DisposeAsync();
    }

    [Test]
    public async Task Dev_IsAskedAsANodeIs_WithAccountsByTheirNumbers()
    {
        using var folder = new TestFolder();
        await using BackgroundRun dev = BackgroundRun.Start(folder.Path, "dev", "--block-time", "20ms", "--threads", "1", "--grant", "1000000");
        JsonElement started = await dev.NextAsync("started");
        Invocation paid = await RunAsync(folder, "send", "7", "500", "--from", "3", "--wait", "--json");
        Assert.That(paid.ExitCode, Is.Zero, paid.Error);
        string from = Text(started.GetProperty("accounts")[2], "address"), to = Text(started.GetProperty("accounts")[6], "address");
        JsonElement transaction = Json(await RunAsync(folder, "tx", Text(Json(paid), "id"), "--json"));
        Assert.That((Text(transaction, "from"), Text(transaction, "to"), Text(transaction, "amount")), Is.EqualTo((from, to, "500")));
        Assert.That((await RunAsync(folder, "balance")).OutputLines, Has.Length.EqualTo(10).And.Some.EqualTo($"7    {to}  1000500"));
        Assert.That((await RunAsync(folder, "send", "7", "1", "--from", "11")).Error, Does.Contain("1 to 10"));
        Assert.That((await RunAsync(folder, "invite")).Error, Does.Contain("has no network"));
        Assert.That((await RunAsync(folder, "status")).Output, Does.Contain("network  standard"));
    }

    private static Task<Invocation> RunAsync(TestFolder folder, params string[] args) => Invocation.InFolderAsync(folder.Path, args);

    /// <summary>Asks until the answer holds a text: a node hears of a block a moment after the one that has made it.</summary>
    private static async Task UntilAsync(TestFolder folder, string text, params string[] args)
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            Invocation run = await RunAsync(folder, args);
            if (run.Output.Contains(text, StringComparison.Ordinal)) return;
            await Task.Delay(50);
        }

        Assert.Fail($"{string.Join(' ', args)} has not come to {text}");
    }

    private static JsonElement Json(Invocation run)
    {
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
