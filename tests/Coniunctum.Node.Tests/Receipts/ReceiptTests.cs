using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Receipts;

/// <summary>Receipts, as a payer writes them and as the one who was paid looks at them.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win")]
internal sealed class ReceiptTests
{
    private readonly TestFolder _folder = new();
    private BackgroundRun _chain = null!;
    private JsonElement _sent;

    private string Receipt => _folder["paid.receipt"];

    private string Block => _sent.GetProperty("block").GetString()!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _chain = BackgroundRun.Start(_folder.Path, "dev", "--block-time", "20ms", "--threads", "1", "--http", "off");
        await _chain.NextAsync("started");
        _sent = Json(await RunAsync("send", "2", "5", "--from", "1", "--wait", "--json"));
        Invocation written = await RunAsync("tx", "receipt", _sent.GetProperty("id").GetString()!, "--out", Receipt);
        Assert.That(written.ExitCode, Is.Zero, written.Error);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _chain.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Verify_WithNothingElse_SaysWhatIsProven_AndThatOnlyItsOwnHeaderWasUsed()
    {
        Invocation run = await RunAsync("receipt", "verify", Receipt);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("only the receipt's own header was used").And.Contain(Block).And.Contain("proves       the transaction is in that block"));
        JsonElement outcome = Json(await RunAsync("receipt", "verify", Receipt, "--json"));
        Assert.That(
            (outcome.GetProperty("valid").GetBoolean(), outcome.GetProperty("against").GetString(), outcome.GetProperty("amount").GetString(), outcome.GetProperty("height").GetUInt64()),
            Is.EqualTo((true, "nothing", "5", _sent.GetProperty("height").GetUInt64())));
        JsonElement status = Json(await RunAsync("status", "--json"));
        Assert.That(outcome.GetProperty("chainId").GetString(), Is.EqualTo(status.GetProperty("chainId").GetString()));
    }

    [Test]
    public async Task Verify_AgainstAnIdThatIsTrusted_HoldsForThatBlockAlone()
    {
        JsonElement same = Json(await RunAsync("receipt", "verify", Receipt, "--header", Block, "--json"));
        Assert.That((same.GetProperty("valid").GetBoolean(), same.GetProperty("against").GetString()), Is.EqualTo((true, "header")));

        string genesis = Json(await RunAsync("block", "0", "--json")).GetProperty("id").GetString()!;
        Invocation other = await RunAsync("receipt", "verify", Receipt, "--header", genesis);
        Assert.That((other.ExitCode, other.Error), Is.EqualTo((1, "")));
        Assert.That(other.Output, Does.Contain($"NOTHING: the id that was given is {genesis}, this block's {Block}"));
    }

    [Test]
    public async Task Verify_AgainstALedger_ThatRunsOrRests_ComparesItsBlock()
    {
        string data = _folder["dev-standard.db"];
        Invocation running = await RunAsync("receipt", "verify", Receipt, "--data", data);
        Assert.That(running.ExitCode, Is.Zero, running.Error);
        Assert.That(running.Output, Does.Match("compared     the ledger has this block at that height, [1-9][0-9]* deep"));

        // The same chain in another file, without the blocks that the receipt is about, and then with others in their place.
        string rest = _folder["rest.db"];
        await using (BackgroundRun chain = BackgroundRun.Start(_folder["second"], "dev", "--data", rest, "--block-time", "20ms", "--threads", "1", "--http", "off"))
        {
            await chain.NextAsync("started");
            JsonElement sent = Json(await RunAsync("send", "2", "6", "--from", "1", "--wait", "--json", "--data", rest));
            await RunAsync("tx", "receipt", sent.GetProperty("id").GetString()!, "--out", _folder["rest.receipt"], "--data", rest);
            await RunAsync("mining", "manual", "--data", rest);
            await RunAsync("snapshot", "before", "--data", rest);
            JsonElement later = Json(await RunAsync("send", "3", "7", "--from", "1", "--json", "--data", rest));
            await RunAsync("mine", "--data", rest);
            await RunAsync("tx", "receipt", later.GetProperty("id").GetString()!, "--out", _folder["later.receipt"], "--data", rest);
            await RunAsync("revert", "before", "--data", rest);
            Invocation missing = await RunAsync("receipt", "verify", _folder["later.receipt"], "--data", rest);
            Assert.That((missing.ExitCode, missing.Error), Is.EqualTo((1, "")));
            Assert.That(missing.Output, Does.Contain("NOTHING: the ledger ends at height"));
            await RunAsync("mine", "--data", rest);
        }

        Assert.That((await RunAsync("receipt", "verify", _folder["rest.receipt"], "--data", rest)).ExitCode, Is.Zero);
        Invocation replaced = await RunAsync("receipt", "verify", _folder["later.receipt"], "--data", rest, "--json");
        Assert.That(replaced.ExitCode, Is.EqualTo(1));
        Assert.That(Json(replaced).GetProperty("fault").GetString(), Does.Match("the ledger has block [0-9a-f]{64} at height [0-9]+, not [0-9a-f]{64}"));
        Invocation foreign = await RunAsync("receipt", "verify", Receipt, "--data", rest);
        Assert.That((foreign.ExitCode, foreign.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(foreign.Error, Does.Match("The receipt is of chain [0-9a-f]{64}, the ledger .* of [0-9a-f]{64}"));
    }

    [Test]
    public async Task Verify_WithAnyDigitOfTheReceiptChanged_NeverHolds()
    {
        JsonObject note = JsonNode.Parse(await File.ReadAllTextAsync(Receipt))!.AsObject();
        string hex = (string)note["receipt"]!;
        string changed = _folder["changed.receipt"];
        var codes = new List<int>();
        for (int i = 0; i < hex.Length; i += 23)
        {
            note["receipt"] = $"{hex[..i]}{(hex[i] == '0' ? '1' : '0')}{hex[(i + 1)..]}";
            await File.WriteAllTextAsync(changed, note.ToJsonString());
            codes.Add((await RunAsync("receipt", "verify", changed, "--header", Block)).ExitCode);
        }

        Assert.That(codes, Has.None.EqualTo(0).And.Some.EqualTo(1).And.Some.EqualTo(2));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("nothing of the sort")]
    [TestCase("""{"version":1,"profile":"x","receipt":"00","height":7}""")]
    [TestCase("""{"version":2,"profile":"x","receipt":"00"}""", "of version 2")]
    [TestCase("""{"version":1,"profile":"x","receipt":"00"}""", "This is no profile")]
    public async Task Verify_OfWhatIsNoReceipt_IsOneLine(string content, string expected = "holds no receipt")
    {
        await File.WriteAllTextAsync(_folder["none"], content);
        Invocation run = await RunAsync("receipt", "verify", _folder["none"]);
        Assert.That((run.ExitCode, run.ErrorLines.Length, run.Output), Is.EqualTo((2, 1, "")), run.Error);
        Assert.That(run.Error, Does.Contain(expected));
    }

    [Test]
    public async Task Verify_OfAFileLongerThanAnyReceipt_IsRefusedUnread()
    {
        await File.WriteAllBytesAsync(_folder["long"], Encoding.ASCII.GetBytes(new string(' ', (4 * 1024 * 1024) + 1)));
        Invocation run = await RunAsync("receipt", "verify", _folder["long"]);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(run.Error, Does.Contain("longer than 4194304 bytes"));
    }

    [Test]
    public async Task Receipt_OfWhatIsInNoBlock_OrIntoAFileThatIsThere_IsRefused()
    {
        Invocation unknown = await RunAsync("tx", "receipt", Block, "--out", _folder["never"]);
        Assert.That((unknown.ExitCode, unknown.ErrorLines.Length, File.Exists(_folder["never"])), Is.EqualTo((2, 1, false)), unknown.Error);
        await File.WriteAllTextAsync(_folder["taken"], "mine");
        Invocation taken = await RunAsync("tx", "receipt", _sent.GetProperty("id").GetString()!, "--out", _folder["taken"]);
        Assert.That((taken.ExitCode, await File.ReadAllTextAsync(_folder["taken"])), Is.EqualTo((2, "mine")));
        Assert.That(taken.Error, Does.Contain("is there already; expected a new file"));
    }

    private static JsonElement Json(Invocation run) => JsonDocument.Parse(run.OutputLines[^1]).RootElement;

    /// <summary>Asks the chain that runs here, unless another one is named.</summary>
    private Task<Invocation> RunAsync(params string[] args) => Invocation.InFolderAsync(_folder.Path, args);
}
