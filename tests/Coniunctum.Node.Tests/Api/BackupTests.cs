using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Tests.Support;
using Coniunctum.Storage.Sqlite;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.Node.Tests.Api;

/// <summary>Copies of ledgers that are in use, by their sockets.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win")]
internal sealed class BackupTests
{
    private readonly TestFolder _folder = new();

    private string Data => _folder["chain.db"];

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Backup_OfAChainThatMines_OpensVerifiesAndGoesOn()
    {
        await using BackgroundRun chain = BackgroundRun.Start(_folder.Path, "dev", "--data", Data, "--block-time", "5ms", "--threads", "1", "--traffic", "50", "--http", "off");
        ulong last = 0;
        for (int i = 1; i <= 3; i++)
        {
            await chain.NextAsync("block", block => block.GetProperty("height").GetUInt64() > last + 5);
            string copy = _folder[Invariant($"copy{i}.db")];
            JsonElement made = await DoAsync("db", "backup", "--data", Data, "--out", copy);
            Assert.That((made.GetProperty("path").GetString(), made.GetProperty("bytes").GetInt64()), Is.EqualTo((copy, new FileInfo(copy).Length)));
            Assert.That(last = made.GetProperty("height").GetUInt64(), Is.AtLeast(5 * (ulong)i));
            JsonElement verified = await DoAsync("db", "verify", "--data", copy);
            Assert.That((verified.GetProperty("damaged").GetInt64(), verified.GetProperty("height").GetUInt64()), Is.EqualTo((0L, last)));
            Assert.That((await DoAsync("block", Invariant($"{last}"), "--data", Data)).GetProperty("id").GetString(), Is.EqualTo(made.GetProperty("tip").GetString()));
        }

        Invocation inUse = await RunAsync("db", "digest", "--data", Data);
        Assert.That((inUse.ExitCode, inUse.ErrorLines.Length), Is.EqualTo((2, 1)), inUse.Error);
        Assert.That(await chain.StopAsync(), Is.Zero, chain.Error);
        Invocation more = await RunAsync("dev", "--data", _folder["copy3.db"], "--blocks", "2", "--http", "off", "--json");
        Assert.That(JsonDocument.Parse(more.OutputLines[^1]).RootElement.GetProperty("height").GetUInt64(), Is.EqualTo(last + 2), more.Error);

        // One that no one has open is copied too, and what it holds is the same.
        await DoAsync("db", "backup", "--data", _folder["copy2.db"], "--out", _folder["twin.db"]);
        Assert.That((await DoAsync("db", "digest", "--data", _folder["twin.db"])).GetProperty("digest").GetString(), Is.EqualTo((await DoAsync("db", "digest", "--data", _folder["copy2.db"])).GetProperty("digest").GetString()));
    }

    [Test]
    public async Task Backup_OfANode_ByItsFolderOrItsLedger_RunningOrNot()
    {
        string node = _folder["node"];
        await using (BackgroundRun run = BackgroundRun.Start(_folder.Path, "node", "--new", "club", "--rule", "authority", "--listen", "127.0.0.1:0", "--data", node))
        {
            await run.NextAsync("started");
            Assert.That((await RunAsync("send", "own", "5", "--wait", "--data", node)).ExitCode, Is.Zero);
            await DoAsync("db", "backup", "--data", node, "--out", _folder["node1.db"]);
            await DoAsync("db", "backup", "--data", Path.Combine(node, "ledger.db"), "--out", _folder["node2.db"]);
        }

        await DoAsync("db", "backup", "--data", node, "--out", _folder["node3.db"]);
        foreach (int i in (int[])[1, 2, 3]) Assert.That((await DoAsync("db", "stats", "--data", _folder[Invariant($"node{i}.db")])).GetProperty("height").GetUInt64(), Is.EqualTo(1));
        Invocation rewind = await RunAsync("db", "rewind", "--height", "0", "--data", node);
        Assert.That((rewind.ExitCode, rewind.ErrorLines.Length), Is.EqualTo((2, 1)), rewind.Error);
        Assert.That(rewind.Error, Does.Contain("final up to height 1 under the rule"));
    }

    [Test]
    public async Task Backup_ThatCannotBeMade_IsOneLine_AndOverwritesNothing()
    {
        string data = _folder["other.db"];
        await using BackgroundRun chain = BackgroundRun.Start(_folder.Path, "dev", "--data", data, "--block-time", "20ms", "--threads", "1", "--http", "off");
        await chain.NextAsync("block");
        await File.WriteAllTextAsync(_folder["mine"], "mine");
        await RefusesAsync("is there already", _folder["mine"]);
        await RefusesAsync("is there already", data);
        await RefusesAsync("its folder is not there", _folder["nowhere/copy.db"]);
        Assert.That(await File.ReadAllTextAsync(_folder["mine"]), Is.EqualTo("mine"));
        using (var client = new NodeClient(ApiSocket.OfFile(data)))
        {
            Assert.That(
                () => client.BackupAsync("copy.db", new ProgressLine(TextWriter.Null, false, () => 80), CancellationToken.None),
                Throws.TypeOf<ApiProblemException>().With.Property(nameof(ApiProblemException.Status)).EqualTo(400).And.Message.Contains("expected a full path"));
        }

        async Task RefusesAsync(string expected, string copy)
        {
            Invocation run = await RunAsync("db", "backup", "--data", data, "--out", copy);
            Assert.That((run.ExitCode, run.ErrorLines.Length, run.Output), Is.EqualTo((2, 1, "")), run.Error);
            Assert.That(run.Error, Does.Contain(expected));
        }
    }

    [Test]
    public async Task Backup_AskedForAtThePort_IsNoRouteThere()
    {
        using var folder = new TestFolder();
        await using BackgroundRun chain = BackgroundRun.Start(folder.Path, "dev", "--data", folder["a.db"], "--block-time", "20ms", "--threads", "1", "--http", "127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = new Uri((await chain.NextAsync("started")).GetProperty("http").GetString()!) };
        using HttpResponseMessage response = await http.PostAsync(new Uri($"/api/v1/backup?path={Uri.EscapeDataString(folder["copy.db"])}", UriKind.Relative), null);
        Assert.That(((int)response.StatusCode, File.Exists(folder["copy.db"])), Is.EqualTo((404, false)));
    }

    [Test]
    public async Task Backup_OfAChainInMemory_SaysThatThereIsNoFile()
    {
        using var folder = new TestFolder();
        await using BackgroundRun chain = BackgroundRun.Start(folder.Path, "dev", "--ephemeral", "--block-time", "20ms", "--threads", "1", "--http", "off");
        await chain.NextAsync("started");
        string data = Directory.GetDirectories(folder.Path, "*.run").Single()[..^".run".Length];
        Invocation run = await RunAsync("db", "backup", "--data", data, "--out", folder["copy.db"]);
        Assert.That((run.ExitCode, run.ErrorLines.Length, File.Exists(folder["copy.db"])), Is.EqualTo((2, 1, false)), run.Error);
        Assert.That(run.Error, Does.Contain("kept in memory"));
    }

    [Test]
    public async Task Answer_ToOneWhoHasLeft_LeavesNothingOfTheCopy([Values] bool isStopping)
    {
        using var folder = new TestFolder();
        Invocation made = await RunAsync("dev", "--data", folder["a.db"], "--blocks", "2", "--block-time", "2ms", "--http", "off");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        using var store = SqliteChainStore.OpenToRead(folder["a.db"]);
        var gone = new CancellationToken(canceled: true);
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestAborted = isStopping ? default : gone };
        context.Response.Body = answer;
        context.Request.QueryString = new QueryString($"?path={Uri.EscapeDataString(folder["b.db"])}");
        var route = new BackupRoute(store);
        if (isStopping)
        {
            await route.AnswerAsync(context, gone);
            Assert.That(System.Text.Encoding.UTF8.GetString(answer.ToArray()), Does.Contain("The node stops, and the copy was given up.").And.Contain("503"));
        }
        else
        {
            Assert.That(() => route.AnswerAsync(context, default), Throws.InstanceOf<OperationCanceledException>());
        }

        Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.EqualTo(new[] { "a.db" }));
    }

    private Task<Invocation> RunAsync(params string[] args) => Invocation.InFolderAsync(_folder.Path, args);

    private async Task<JsonElement> DoAsync(params string[] args)
    {
        Invocation run = await RunAsync([.. args, "--json"]);
        Assert.That(run.ExitCode, Is.Zero, $"{string.Join(' ', args)}: {run.Error}");
        return JsonDocument.Parse(run.OutputLines[^1]).RootElement;
    }
}
