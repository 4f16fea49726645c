using System.Text.Json;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>Commands that someone ends before they are done.</summary>
[TestFixture]
internal sealed class InterruptionTests
{
    private string _folder = "";

    private string Data => Path.Combine(_folder, "chain.db");

    private string Blocks => Path.Combine(_folder, "blocks.bin");

    [SetUp]
    public async Task MakeChainAsync()
    {
        _folder = Directory.CreateTempSubdirectory("coniunctum-stop").FullName;
        Invocation run = await Invocation.InFolderAsync(_folder, "dev", "--data", Data, "--blocks", "3", "--block-time", "2ms", "--checkpoint", "1");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        await Invocation.InFolderAsync(_folder, "db", "export", Blocks, "--data", Data);
        File.Copy(Data, Path.Combine(_folder, "twin.db"));
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("Interrupted.", "db", "stats", "--data", "chain.db")]
    [TestCase("Interrupted.", "db", "verify", "--data", "chain.db")]
    [TestCase("Interrupted; the same command goes on where it stopped.", "db", "export", "other.bin", "--data", "chain.db")]
    [TestCase("Interrupted; the same command goes on where it stopped.", "db", "export", "other.bin", "--state", "--data", "chain.db")]
    [TestCase("Interrupted; what was taken in stays, and the same command goes on where it stopped.", "db", "import", "blocks.bin", "--data", "copy.db")]
    [TestCase("Interrupted; the same command goes on with it.", "db", "prune", "--keep", "1", "--data", "chain.db")]
    [TestCase("Interrupted; nothing is left of the copy.", "db", "backup", "--out", "other.db", "--data", "chain.db")]
    [TestCase("Interrupted.", "db", "digest", "--data", "chain.db")]
    [TestCase("Interrupted; nothing was undone.", "db", "rewind", "--height", "1", "--data", "chain.db")]
    [TestCase("Interrupted.", "db", "diff", "chain.db", "twin.db")]
    [TestCase("Interrupted.", "receipt", "verify", "paid.receipt")]
    [TestCase("Interrupted.", "dev", "--ephemeral")]
    [TestCase("Interrupted.", "headers", "verify", "headers.txt", "--profile", "standard")]
    [TestCase("Interrupted.", "headers", "verify", "headers.txt", "--profile", "python")]
    [TestCase("Interrupted; nothing was written.", "keys", "new", "some", "--keys", "k.eys")]
    public async Task Run_ThatIsInterrupted_SaysSoAndIsNoSuccess(string message, params string[] args)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "headers.txt"), "[{}]");
        foreach (bool isForPrograms in (bool[])[false, true])
        {
            (int exitCode, string output, string error) = await StopAtOnceAsync([.. args.Select(InFolder), .. isForPrograms ? ["--json"] : Array.Empty<string>()]);
            Assert.That((exitCode, error), Is.EqualTo((1, $"coniunctum: {message}{Environment.NewLine}")));
            if (!isForPrograms)
            {
                Assert.That(output, Is.Empty);
                continue;
            }

            JsonElement end = JsonDocument.Parse(output).RootElement;
            Assert.That(
                (end.GetProperty("event").GetString(), end.GetProperty("outcome").GetString(), end.GetProperty("exitCode").GetInt32(), end.GetProperty("message").GetString()),
                Is.EqualTo(("ended", "interrupted", 1, message)));
        }
    }

    [Test]
    public async Task Dev_StoppedBeforeItsLastBlock_IsInterruptedBehindItsSummary()
    {
        using var stop = new CancellationTokenSource();
        var output = new StopsAtTheFirstBlock(stop);
        var error = new StringWriter();
        await using var io = new CommandIo(Stream.Null, output, error);

        int exitCode = await CommandLine.RunAsync(["dev", "--ephemeral", "--blocks", "1000000", "--block-time", "5ms", "--json"], io, stop.Token);

        JsonElement[] last = [.. output.Lines.TakeLast(2).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.That((exitCode, last[0].GetProperty("event").GetString(), last[1].GetProperty("outcome").GetString()), Is.EqualTo((1, "summary", "interrupted")));
        Assert.That(error.ToString(), Does.Match("^coniunctum: Interrupted; [1-9][0-9]* of 1000000 blocks were made[.]\r?\n$"));
    }

    private string InFolder(string arg) => arg.Contains('.', StringComparison.Ordinal) ? Path.Combine(_folder, arg) : arg;

    private async Task<(int ExitCode, string Output, string Error)> StopAtOnceAsync(string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        await using var io = new CommandIo(Stream.Null, output, error)
        {
            DataFolder = _folder,
            Variable = name => name == "CONIUNCTUM_PASSWORD" ? "grey harbour 12" : null,
        };
        int exitCode = await CommandLine.RunAsync(args, io, new CancellationToken(canceled: true));
        return (exitCode, output.ToString(), error.ToString());
    }

    private sealed class StopsAtTheFirstBlock(CancellationTokenSource stop) : StringWriter
    {
        public List<string> Lines { get; } = [];

        public override void WriteLine(string? value)
        {
            Lines.Add(value!);
            if (value!.StartsWith("{\"event\":\"block\"", StringComparison.Ordinal)) stop.Cancel();
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }
    }
}
