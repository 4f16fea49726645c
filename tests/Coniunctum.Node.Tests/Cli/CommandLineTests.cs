using System.CommandLine;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

public sealed class CommandLineTests
{
    private const string SomeKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string AddressOfTheStandardNetwork = "con1hv5t8a0srwdpgm83r90gefayu3dhfe5tl0nyu0tunsnutns2mlgs3ju3h5";

    // What is expected must be said too: the second value stands in the message.
    [TestCase("Expected dev, node, invite, account, localnet, status, peers, balance, send, history, tx, block, watch, mining, mine, snapshot, snapshots, revert, reorg, clock, db, keys, profile, headers or receipt", "bogus")]
    [TestCase("See 'coniunctum dev --help'", "dev", "bogus")]
    [TestCase("See 'coniunctum dev --help'", "dev", "--bogus")]
    [TestCase("--profile: 'bitcoin' is no profile; expected standard or int32coin", "dev", "--profile", "bitcoin")]
    [TestCase("expected standard or int32coin", "dev", "--profile", "development")]
    [TestCase("--blocks: '0' is not a whole number from 1 to", "dev", "--blocks", "0")]
    [TestCase("--blocks: 'ten' is not a whole number", "dev", "--blocks", "ten")]
    [TestCase("--blocks: '-1' is not a whole number", "dev", "--blocks", "-1")]
    [TestCase("--blocks", "dev", "--blocks")]
    [TestCase("--traffic: '1.5' is not a whole number", "dev", "--traffic", "1.5")]
    [TestCase("from 0 to 2000", "dev", "--traffic", "2001")]
    [TestCase("from 1 to 1024", "dev", "--threads", "0")]
    [TestCase("--seed: '18446744073709551616' is not a whole number", "dev", "--seed", "18446744073709551616")]
    [TestCase("write it like 100ms", "dev", "--block-time", "5")]
    [TestCase("write it like 100ms", "dev", "--block-time", "0s")]
    [TestCase("write it like 100ms", "dev", "--block-time", "61m")]
    [TestCase("write it like 100ms", "dev", "--block-time", "-1s")]
    [TestCase("--grant: '99999' is not a whole number from 100000 to", "dev", "--grant", "99999")]
    [TestCase("to 107374182", "dev", "--profile", "int32coin", "--grant", "107374183")]
    [TestCase("DEPTH: '0' is not a whole number from 1 to 1000", "reorg", "0")]
    [TestCase("Required argument 'DEPTH' missing", "reorg")]
    [TestCase("NAME: 'a b' is no name of a snapshot", "snapshot", "a b")]
    [TestCase("NAME: '../x' is no name of a snapshot", "revert", "../x")]
    [TestCase("MODE: 'never' is none; expected auto, interval or manual", "mining", "never")]
    [TestCase("--blocks: '1001' is not a whole number from 1 to 1000", "mine", "--blocks", "1001")]
    [TestCase("TIME: '5m' is neither a span like +30s", "clock", "5m")]
    [TestCase("TIME: '2027-13-01T00:00:00Z' is neither", "clock", "2027-13-01T00:00:00Z")]
    [TestCase("No node runs here", "mine")]
    [TestCase("--reward-to: 'somebody' is no address", "dev", "--reward-to", "somebody")]
    [TestCase("start with 'dev1'", "dev", "--reward-to", AddressOfTheStandardNetwork)]
    [TestCase("expected development, standard, int32coin or coniunctum", "keys", "new", "main", "--profile", "bitcoin")]
    [TestCase("never an argument", "keys", "show", SomeKey)]
    [TestCase("cannot be read", "keys", "show", "--file", "there/is/no/such/file")]
    [TestCase("expected development, standard, int32coin or coniunctum", "profile", "show", "bitcoin")]
    [TestCase("NAME", "profile", "show")]
    [TestCase("--profile: 'monero' is no profile; expected bitcoin, standard, int32coin, coniunctum or python", "headers", "verify", "x", "--profile", "monero")]
    [TestCase("There is no file 'nowhere.csv'", "headers", "verify", "nowhere.csv")]
    [TestCase("is a folder", "headers", "verify", "/")]
    [TestCase("FILE", "headers", "verify")]
    [TestCase("The file holds no header", "headers", "verify", "-")]
    [TestCase("--height: '-1' is not a whole number", "headers", "verify", "-", "--height", "-1")]
    [TestCase("See 'coniunctum profile show --help'", "profile", "show", "standard", "int32coin")]
    [TestCase("Required argument 'ID' missing", "tx")]
    [TestCase("'--out' is required. See 'coniunctum tx receipt --help'", "tx", "receipt", "x")]
    [TestCase("--header: 'x' is no block's id; expected 64 hexadecimal digits", "receipt", "verify", "y", "--header", "x")]
    [TestCase("--header and --data: expected one of them", "receipt", "verify", "y", "--header", "1ae6b08da53e5a2bbe48d984cd464eb07c88f94cfe752bec599e0f47b6dba6e3", "--data", "z")]
    [TestCase("There is no file 'nowhere'", "receipt", "verify", "nowhere")]
    [TestCase("Expected verify", "receipt", "nothing")]
    public async Task Run_OnBadInput_SaysInOneLineWhatWasExpected(string expected, params string[] args)
    {
        Invocation run = await Invocation.OfAsync(args);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("coniunctum: ").And.Contain(expected));
        Assert.That(run.Output, Is.Empty);
    }

    [TestCase("keys", "show", SomeKey)]
    [TestCase("keys", SomeKey)]
    [TestCase("dev", SomeKey)]
    [TestCase("profile", "show", SomeKey)]
    [TestCase("keys", "show", "--key", SomeKey)]
    public async Task Run_OnAMisplacedKey_DoesNotRepeatIt(params string[] args)
    {
        Invocation run = await Invocation.OfAsync(args);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Not.Contain(SomeKey));
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase]
    public async Task Help_OfTheProgram_GroupsItsCommandsByWhatAPersonWants(params string[] args)
    {
        Invocation run = await Invocation.OfAsync(args);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Error, Is.Empty);
        Assert.That(run.OutputLines, Is.SupersetOf(new[] { "Try it", "Run a network", "Ask a running node", "Keys", "Look things up", "Options" }));
        Assert.That(run.Output, Does.Contain("  dev ").And.Contain("  node ").And.Contain("  keys new").And.Contain("  keys show").And.Contain("  profile show NAME"));
        Assert.That(run.OutputLines, Has.All.Length.LessThanOrEqualTo(80));
    }

    [Test]
    public void Groups_NameEveryCommandThatDoesSomething()
    {
        using var io = new StringWriter();
        RootCommand root = CommandLine.Build(new CommandIo(Stream.Null, io, io));

        string[] leaves = [.. Leaves(root).Select(command => HelpText.PathOf(command)["coniunctum ".Length..])];

        Assert.That(HelpText.Groups.SelectMany(group => group.Paths), Is.EquivalentTo(leaves));

        static IEnumerable<Command> Leaves(Command command) =>
            command.Subcommands.SelectMany(Leaves).Prepend(command).Where(HelpText.DoesSomething);
    }

    [TestCase("--profile", "--blocks", "--traffic", "--threads", "--block-time", "--seed", "--json")]
    public async Task Help_OfDev_ExplainsEveryOption(params string[] options)
    {
        Invocation run = await Invocation.OfAsync("dev", "--help");

        Assert.That(run.ExitCode, Is.Zero);
        foreach (string option in options) Assert.That(run.OutputLines, Has.Some.StartsWith($"  {option} "));
    }

    [TestCase("--new", "--profile", "--invite", "--data", "--listen", "--peer", "--role", "--mine", "--reward", "--rule", "--member", "--json")]
    public async Task Help_OfNode_ExplainsEveryOption(params string[] options)
    {
        Invocation run = await Invocation.OfAsync("node", "--help");

        Assert.That(run.ExitCode, Is.Zero);
        foreach (string option in options) Assert.That(run.OutputLines, Has.Some.StartsWith($"  {option} "));
        Assert.That(run.OutputLines, Has.All.Length.LessThanOrEqualTo(80));
    }

    [Test]
    public async Task Version_IsThatOfThePackage()
    {
        Invocation run = await Invocation.OfAsync("--version");

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Output.Trim(), Does.Match(@"^coniunctum \d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$"));
    }

    [Test]
    public async Task Run_WhoseOutputIsClosed_EndsQuietly()
    {
        var error = new StringWriter();
        await using var io = new CommandIo(Stream.Null, new ClosedPipe(), error);

        int exitCode = await CommandLine.RunAsync(["dev", "--json", "--seed", "1", "--traffic", "10"], io);

        Assert.That(exitCode, Is.Zero);
        Assert.That(error.ToString(), Is.Empty);
    }

    [Test]
    public async Task Run_WhoseOutputFails_SaysSo()
    {
        var error = new StringWriter();
        await using var io = new CommandIo(Stream.Null, new FullDisk(), error);

        int exitCode = await CommandLine.RunAsync(["dev", "--seed", "1"], io);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error.ToString(), Does.Contain("No space left"));
    }

    /// <summary>Takes some lines, then its reader leaves.</summary>
    private sealed class ClosedPipe : StringWriter
    {
        private int _lines;

        public override void WriteLine(string? value)
        {
            if (++_lines > 3) throw new IOException("Broken pipe", 32);
        }
    }

    private sealed class FullDisk : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("No space left on device", 28);
    }
}
