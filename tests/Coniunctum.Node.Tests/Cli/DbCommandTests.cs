using System.Globalization;
using System.Text.Json;
using Coniunctum.Node.Cli;
using SQLitePCL;

namespace Coniunctum.Node.Tests.Cli;

[TestFixture]
internal sealed class DbCommandTests
{
    private string _folder = "";

    // Made once, since that takes most of a test's time; each test has a copy.
    private string _made = "";

    private string Data => Path.Combine(_folder, "chain.db");

    private string Blocks => Path.Combine(_folder, "blocks.bin");

    private string State => Path.Combine(_folder, "state.bin");

    [OneTimeSetUp]
    public async Task MakeChainAsync()
    {
        _made = Directory.CreateTempSubdirectory("coniunctum-db").FullName;
        Invocation run = await RunAsync("dev", "--data", Path.Combine(_made, "chain.db"), "--blocks", "5", "--block-time", "2ms", "--traffic", "50");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [OneTimeTearDown]
    public void DeleteChain() => Directory.Delete(_made, recursive: true);

    [SetUp]
    public void CopyChain()
    {
        _folder = Directory.CreateTempSubdirectory("coniunctum-db").FullName;
        foreach (string file in Directory.EnumerateFiles(_made)) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task ExportThenImport_IntoANewFile_IsTheSameChainThatGoesOn()
    {
        string copy = Path.Combine(_folder, "copy.db");
        JsonElement exported = await JsonAsync("db", "export", Blocks, "--data", Data, "--json");
        JsonElement imported = await JsonAsync("db", "import", Blocks, "--data", copy, "--json");
        JsonElement again = await JsonAsync("db", "import", Blocks, "--data", copy, "--json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Number(exported, "height"), Is.EqualTo(5));
            Assert.That((Number(imported, "added"), Number(imported, "known"), Number(imported, "height")), Is.EqualTo((5, 0, 5)));
            Assert.That(imported.GetProperty("tip").GetString(), Is.EqualTo(exported.GetProperty("tip").GetString()));
            Assert.That((Number(again, "added"), Number(again, "known")), Is.EqualTo((0, 5)));
        }

        Invocation more = await RunAsync("dev", "--data", copy, "--blocks", "2", "--json");
        Assert.That(Number(Summary(more), "height"), Is.EqualTo(7));
        JsonElement longer = await JsonAsync("db", "export", Blocks, "--data", copy, "--json");
        JsonElement back = await JsonAsync("db", "import", Blocks, "--data", Data, "--json");
        Assert.That((Number(longer, "height"), Number(back, "added"), Number(back, "height")), Is.EqualTo((7, 2, 7)));
    }

    [Test]
    public async Task Export_FileOfAnotherChainOrAnotherKind_IsRefusedAndUntouched()
    {
        await RunAsync("db", "export", Blocks, "--data", Data);
        byte[] before = await File.ReadAllBytesAsync(Blocks);
        string other = Path.Combine(_folder, "other.db");
        await RunAsync("dev", "--data", other, "--blocks", "1", "--block-time", "2ms");
        Invocation run = await RunAsync("db", "export", Blocks, "--data", other);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Match("belongs to chain [0-9a-f]{64}, not to [0-9a-f]{64}"));
        Assert.That(await File.ReadAllBytesAsync(Blocks), Is.EqualTo(before));
    }

    [Test]
    public async Task Import_FileOfAnotherChain_ShowsBothChains()
    {
        await RunAsync("db", "export", Blocks, "--data", Data);
        await RunAsync("db", "export", State, "--state", "--data", Data);
        string other = Path.Combine(_folder, "other.db");
        await RunAsync("dev", "--data", other, "--blocks", "1", "--block-time", "2ms");
        Invocation blocks = await RunAsync("db", "import", Blocks, "--data", other);
        Assert.That((blocks.ExitCode, blocks.Error), Is.EqualTo((2, blocks.Error)));
        Assert.That(blocks.Error, Does.Match("belongs to chain [0-9a-f]{64}, the ledger to [0-9a-f]{64}"));
        Invocation state = await RunAsync("db", "import", State, "--data", other);
        Assert.That(state.ExitCode, Is.EqualTo(2));
        Assert.That(state.Error, Does.Not.Contain("secret"));
    }

    [Test]
    public async Task Import_DamagedFile_SaysWhereAndKeepsWhatCameBefore()
    {
        await RunAsync("db", "export", Blocks, "--data", Data);
        byte[] bytes = await File.ReadAllBytesAsync(Blocks);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(Blocks, bytes);
        string copy = Path.Combine(_folder, "copy.db");
        Invocation run = await RunAsync("db", "import", Blocks, "--data", copy);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain("damaged at byte").And.Contain("4 whole blocks").And.Contain("height 4"));
    }

    [Test]
    public async Task StatsAndVerify_SoundFile_SayWhatItHolds()
    {
        JsonElement stats = await JsonAsync("db", "stats", "--data", Data, "--json");
        JsonElement verified = await JsonAsync("db", "verify", "--data", Data, "--json");
        Assert.That((Number(stats, "height"), Number(stats.GetProperty("tables").GetProperty("head"), "rows")), Is.EqualTo((5, 6)));
        Assert.That((Number(verified, "damaged"), Number(verified, "height")), Is.EqualTo((0, 5)));
        Assert.That(Number(verified, "rows"), Is.GreaterThan(12));
    }

    [Test]
    public async Task Verify_DamagedBody_NamesItsHeightAndExitsWithOne()
    {
        Assert.That(raw.sqlite3_open(Data, out sqlite3 file), Is.EqualTo(raw.SQLITE_OK));
        using (file)
        {
            const string ChangeSomeBytes = "UPDATE bodies SET content = substr(content, 1, 96) || x'C1C1C1C1' || substr(content, 101) WHERE row = (SELECT row FROM best WHERE height = 5)";
            Assert.That(raw.sqlite3_exec(file, ChangeSomeBytes), Is.EqualTo(raw.SQLITE_OK));
        }

        Invocation run = await RunAsync("db", "verify", "--data", Data);
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((1, run.Output)));
        Assert.That(run.Output, Does.Contain("Body at height 5").And.Contain("1 of "));

        await using var io = new CommandIo(Stream.Null, new ClosedOutput(), TextWriter.Null);
        Assert.That(await CommandLine.RunAsync(["db", "verify", "--data", Data], io), Is.EqualTo(1), "nobody reads what is damaged; the exit code still says that something is");

        Invocation dev = await RunAsync("dev", "--data", Data, "--blocks", "1");
        Assert.That((dev.ExitCode, dev.ErrorLines.Length), Is.EqualTo((1, 1)), dev.Error);
        Assert.That(dev.Error, Does.Contain("height 5").And.Contain("db verify"));
    }

    [Test]
    public async Task Prune_ChainWithACheckpoint_DeletesWhatLiesBelow_AndTheChainGoesOn()
    {
        JsonElement nothing = await JsonAsync("db", "prune", "--keep", "2", "--data", Data, "--json");
        Assert.That(Number(nothing, "below"), Is.Zero, "there is no checkpoint yet");

        Invocation more = await RunAsync("dev", "--data", Data, "--blocks", "35", "--checkpoint", "10");
        Assert.That(more.ExitCode, Is.Zero, more.Error);
        JsonElement pruned = await JsonAsync("db", "prune", "--keep", "2", "--data", Data, "--json");
        Assert.That(Number(pruned, "below"), Is.InRange(20, 39));
        Assert.That(Number(pruned, "bytes"), Is.LessThan(Number(pruned, "bytesBefore")));
        JsonElement stats = await JsonAsync("db", "stats", "--data", Data, "--json");
        Assert.That((Number(stats, "bodiesPrunedBelow"), Number(stats, "undoPrunedBelow")), Is.EqualTo((Number(pruned, "below"), Number(pruned, "below"))));
        Assert.That(Number(await JsonAsync("db", "verify", "--data", Data, "--json"), "damaged"), Is.Zero);

        Invocation again = await RunAsync("dev", "--data", Data, "--blocks", "5", "--json");
        Assert.That((again.ExitCode, Number(Summary(again), "height")), Is.EqualTo((0, 45)), again.Error);
        Assert.That(Number(await JsonAsync("db", "verify", "--data", Data, "--json"), "damaged"), Is.Zero);
    }

    [TestCase("db", "export", "x", "--data", "nowhere.db")]
    [TestCase("db", "stats", "--data", "nowhere.db")]
    [TestCase("db", "verify", "--data", "nowhere.db")]
    [TestCase("db", "prune", "--data", "nowhere.db")]
    [TestCase("db", "import", "nowhere.bin")]
    [TestCase("db", "backup", "--out", "x", "--data", "nowhere.db")]
    [TestCase("db", "digest", "--data", "nowhere.db")]
    [TestCase("db", "rewind", "--height", "1", "--data", "nowhere.db")]
    [TestCase("db", "diff", "nowhere.db", "elsewhere.db")]
    public async Task Db_FileThatIsNotThere_SaysWhich(params string[] args)
    {
        Invocation run = await RunAsync(args);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain("There is no file").And.Contain("nowhere"));
    }

    [Test]
    public async Task Import_FileThatIsNoFileOfBlocks_IsRefusedAndLeavesNoLedger()
    {
        string copy = Path.Combine(_folder, "copy.db");
        Invocation run = await RunAsync("db", "import", Data, "--data", copy);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain("no file of blocks"));
        Assert.That(File.Exists(copy), Is.False);
    }

    [Test]
    public async Task ExportStateThenImport_IntoANewFile_IsTheSameChainThatGoesOn([Values(null, "3", "0")] string? height)
    {
        string copy = Path.Combine(_folder, "copy.db");
        string[] at = height is null ? [] : ["--height", height];
        JsonElement exported = await JsonAsync(["db", "export", "--state", .. at, State, "--data", Data, "--json"]);
        JsonElement imported = await JsonAsync("db", "import", State, "--data", copy, "--json");
        long expected = long.Parse(height ?? "5", CultureInfo.InvariantCulture);
        Assert.That((Number(exported, "height"), Number(imported, "height")), Is.EqualTo((expected, expected)));
        Assert.That(imported.GetProperty("tip").GetString(), Is.EqualTo(exported.GetProperty("tip").GetString()));
        JsonElement verified = await JsonAsync("db", "verify", "--data", copy, "--json");
        Assert.That((Number(verified, "damaged"), Number(verified, "checkpoint")), Is.EqualTo((0, Number(imported, "height"))));

        // The blocks above it, and new ones, build on it.
        await RunAsync("db", "export", Blocks, "--data", Data);
        JsonElement blocks = await JsonAsync("db", "import", Blocks, "--data", copy, "--json");
        Assert.That(Number(blocks, "height"), Is.EqualTo(5));
        Invocation more = await RunAsync("dev", "--data", copy, "--blocks", "2", "--json");
        Assert.That(Number(Summary(more), "height"), Is.EqualTo(7), more.Error);
    }

    [Test]
    public async Task ImportState_DamagedOrIntoALedger_IsRefusedAndLosesNothing()
    {
        await RunAsync("db", "export", "--state", State, "--data", Data);
        byte[] before = await File.ReadAllBytesAsync(Data);
        Invocation second = await RunAsync("db", "import", State, "--data", Data);
        Assert.That((second.ExitCode, second.Error), Is.EqualTo((2, second.Error)));
        Assert.That(second.Error, Does.Contain("holds a chain already, to height 5"));
        JsonElement stats = await JsonAsync("db", "stats", "--data", Data, "--json");
        Assert.That((Number(stats, "height"), before.Length), Is.EqualTo((5, (int)new FileInfo(Data).Length)));

        byte[] bytes = await File.ReadAllBytesAsync(State);
        bytes[^200] ^= 1;
        await File.WriteAllBytesAsync(State, bytes);
        string copy = Path.Combine(_folder, "copy.db");
        Invocation run = await RunAsync("db", "import", State, "--data", copy);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain("damaged at byte"));
        Assert.That(File.Exists(copy), Is.False);
    }

    [Test]
    public async Task ExportState_HeightThatCannotBeHad_SaysWhy()
    {
        Invocation above = await RunAsync("db", "export", "--state", "--height", "9", State, "--data", Data);
        Assert.That((above.ExitCode, above.Error), Is.EqualTo((2, above.Error)));
        Assert.That(above.Error, Does.Contain("no block at height 9"));
        Invocation blocks = await RunAsync("db", "export", "--height", "3", State, "--data", Data);
        Assert.That((blocks.ExitCode, blocks.Error), Is.EqualTo((2, blocks.Error)));
        Assert.That(blocks.Error, Does.Contain("add --state"));
    }

    [Test]
    public async Task ImportState_OfInt32Coin_AsksForTrust()
    {
        string coin = Path.Combine(_folder, "coin.db");
        string copy = Path.Combine(_folder, "copy.db");
        Invocation dev = await RunAsync("dev", "--profile", "int32coin", "--data", coin, "--blocks", "3", "--block-time", "2ms");
        Assert.That(dev.ExitCode, Is.Zero, dev.Error);
        await RunAsync("db", "export", "--state", State, "--data", coin);
        Invocation refused = await RunAsync("db", "import", State, "--data", copy);
        Assert.That((refused.ExitCode, refused.Error), Is.EqualTo((2, refused.Error)));
        Assert.That(refused.Error, Does.Contain("no state root").And.Contain("--trust"));
        JsonElement taken = await JsonAsync("db", "import", State, "--trust", "--data", copy, "--json");
        Assert.That(Number(taken, "height"), Is.EqualTo(3));
    }

    private static JsonElement Summary(Invocation run) => JsonDocument.Parse(run.OutputLines[^1]).RootElement;

    private static long Number(JsonElement item, string name) => item.GetProperty(name).GetInt64();

    private async Task<JsonElement> JsonAsync(params string[] args)
    {
        Invocation run = await RunAsync(args);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return JsonDocument.Parse(run.OutputLines.Single()).RootElement;
    }

    private Task<Invocation> RunAsync(params string[] args) => Invocation.InFolderAsync(_folder, args);

    /// <summary>As after `| head`.</summary>
    private sealed class ClosedOutput : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("Broken pipe", 32);
    }
}
