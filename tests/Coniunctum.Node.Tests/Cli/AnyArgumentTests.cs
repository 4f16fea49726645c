using System.CommandLine;
using System.Text.Json;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>Whatever stands behind any option or in the place of any argument: the command ends in one of its ways, never in a stack trace.</summary>
[TestFixture, NonParallelizable]
internal sealed class AnyArgumentTests
{
    private const string File = "file";
    private const string Folder = "folder";
    private const string Denied = "denied";

    private static readonly string[] s_values =
    [
        "", " ", "\t", "\u3000", "-", "--", "-1", "+1", "1.5", "NaN", "Infinity", "1e309", "0x10", "18446744073709551615", "18446744073709551616",
        new string('9', 400), "\0", "a\0b", new string('x', 5_000), $"{new string('x', 250)}/y", Folder, File, $"{File}/below", "nowhere/at/all", Denied,
        "/dev/null", "\uD800", "e\u0301", "@file", "CON", "..", "/",
    ];

    private string _folder = "";
    private string _before = "";

    [SetUp]
    public async Task MakeFolderAsync()
    {
        _before = Environment.CurrentDirectory;
        _folder = Directory.CreateTempSubdirectory("coniunctum-any").FullName;
        Environment.CurrentDirectory = _folder;
        Directory.CreateDirectory(Folder);
        await System.IO.File.WriteAllTextAsync(File, "Some text that is nothing in particular.\n");
        await System.IO.File.WriteAllTextAsync(Denied, "Only root reads this.\n");
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(Denied, UnixFileMode.None);
    }

    [TearDown]
    public void DeleteFolder()
    {
        Environment.CurrentDirectory = _before;
        Directory.Delete(_folder, recursive: true);
    }

    [TestCaseSource(typeof(CommandTree), nameof(CommandTree.Paths))]
    public async Task Run_AnyValueAnywhere_EndsInOneOfItsWays(string path)
    {
        Command command = CommandTree.Of(path);
        foreach (Symbol symbol in CommandTree.ValuesOf(command))
        {
            foreach (string value in s_values) await EndsAsync([.. path.Split(' '), "--json", .. ArgumentsOf(command, symbol, value)], symbol, value);
        }
    }

    [TestCaseSource(typeof(CommandTree), nameof(CommandTree.Paths))]
    public async Task Run_BlankPath_IsRefusedByName(string path)
    {
        Command command = CommandTree.Of(path);
        foreach (Symbol symbol in CommandTree.ValuesOf(command).Where(symbol => symbol is Option { HelpName: "PATH" or "FOLDER", Name: not "--path" } or Argument { Name: "FILE" }))
        {
            foreach (string blank in (string[])["", " ", "\t"])
            {
                Invocation run = await RunAsync([.. path.Split(' '), .. ArgumentsOf(command, symbol, blank)]);
                Assert.That((run.ExitCode, run.ErrorLines.Length, run.Output), Is.EqualTo((2, 1, "")), $"{path} {symbol.Name}: {run.Error}");
                Assert.That(run.Error, Does.StartWith($"coniunctum: {symbol.Name}: it is blank"));
            }
        }
    }

    [TestCaseSource(typeof(CommandTree), nameof(CommandTree.Paths))]
    public void Options_OfEveryCommand_HaveOneForPrograms(string path) =>
        Assert.That(CommandTree.Of(path).Options.Select(option => option.Name), Has.Member("--json"));

    [TestCaseSource(typeof(CommandTree), nameof(CommandTree.Paths))]
    public async Task Run_UnknownOption_IsOneLineAndTheSameForPrograms(string path)
    {
        Invocation run = await RunAsync([.. path.Split(' '), "--json", "--no-such-option"]);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        JsonElement end = JsonDocument.Parse(run.OutputLines.Single()).RootElement;
        Assert.That(
            (end.GetProperty("event").GetString(), end.GetProperty("outcome").GetString(), end.GetProperty("exitCode").GetInt32(), $"coniunctum: {end.GetProperty("message").GetString()}"),
            Is.EqualTo(("ended", "badInput", 2, run.ErrorLines[0])));
    }

    private async Task EndsAsync(string[] args, Symbol symbol, string value)
    {
        string shown = $"{string.Join(' ', args.Take(2))}, {symbol.Name}: '{(value.Length > 40 ? $"{value[..40]}…" : value)}'";
        Invocation run;
        try
        {
            run = await RunAsync(args);
        }
        catch (Exception exception)
        {
            throw new AssertionException($"{shown} ends in {exception.GetType().Name}", exception);
        }

        bool isSaid = run.ExitCode == 0 ? run.ErrorLines.Length == 0 : run.ErrorLines.Length == 1 || (run.ErrorLines.Length == 0 && run.ExitCode == 1 && run.OutputLines.Length > 0);
        Assert.That(run.ExitCode, Is.InRange(0, 2), shown);
        Assert.That(isSaid, Is.True, Invariant($"{shown} ends with {run.ExitCode} and '{run.Error}'"));
        foreach (string line in run.OutputLines) Assert.That(() => JsonDocument.Parse(line).Dispose(), Throws.Nothing, $"{shown} writes '{line}'");
        Assert.That(run.Error, Does.Not.Contain("   at "), shown);
    }

    /// <summary>The value behind one option or argument, and what is needed beside it so that the command would do something.</summary>
    private static IEnumerable<string> ArgumentsOf(Command command, Symbol symbol, string value)
    {
        foreach (Option option in command.Options)
        {
            if (option != symbol)
            {
                // They belong to a node that begins a network, or mines.
                if (command.Name is "node" && option.Name is "--block-time" or "--threads") continue;
                if (Usual(option.Name, symbol.Name) is { } usual) yield return $"{option.Name}{usual}";
            }
            else if (value.StartsWith('-'))
            {
                yield return $"{option.Name}={value}";
            }
            else
            {
                yield return option.Name;
                yield return value;
            }
        }

        yield return "--";
        foreach (Argument argument in command.Arguments)
        {
            if (argument == symbol) yield return value;
            else if (argument is { Hidden: false, Name: not "TEXT" } || symbol.Name is not "--file") yield return Usual(argument.Name);
        }
    }

    private static string? Usual(string option, string tested) => option switch
    {
        "--blocks" => "=1",
        "--block-time" => "=1ms",
        // A node that starts ends by itself.
        "--for" => "=1ms",
        "--ephemeral" when tested is not "--data" => "",
        "--threads" => "=1",
        "--keys" => "=keys",
        "--light" => "",
        "--profile" when tested is "--threads" or "--seed" or "--blocks" => "=standard",
        "--to" or "--out" => "=out",
        "--height" when tested is "--data" => "=1",
        _ => null,
    };

    private static string Usual(string argument) => argument switch
    {
        "FILE" => "nothing.bin",
        "NAME" => "some",
        "SIGNATURE" => "00",
        _ => "text",
    };

    private Task<Invocation> RunAsync(string[] args) => Invocation.ByScriptInFolderAsync("grey harbour 12", _folder, args);
}
