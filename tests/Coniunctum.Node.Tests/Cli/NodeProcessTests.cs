using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>What only a process of its own shows: signals, closed outputs, its environment.</summary>
[TestFixture, Platform(Exclude = "Win")]
internal sealed class NodeProcessTests
{
    private const int SigTerm = 15;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("coniunctum-process").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Dev_TwoSignalsAtOnce_EndsWithItsSummaryAndOneFile()
    {
        string data = Path.Combine(_folder, "chain.db");
        using Process node = Start(["dev", "--data", data, "--block-time", "5ms", "--threads", "1", "--json"]);
        var lines = new List<string>();
        while (await node.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (lines.Count != 2) continue;
            Assert.That((Signal(node.Id, SigTerm), Signal(node.Id, SigTerm)), Is.EqualTo((0, 0)));
        }

        await node.WaitForExitAsync();
        Assert.That(node.ExitCode, Is.Zero, await node.StandardError.ReadToEndAsync());
        Assert.That(JsonDocument.Parse(lines[^1]).RootElement.GetProperty("event").GetString(), Is.EqualTo("summary"));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { data }), "a clean end leaves one file");
    }

    [Test]
    public async Task Keys_SignalWhileASecretIsAwaited_IsInterrupted()
    {
        using Process node = Start(["keys", "show", "--file", "-"], input: true);
        while (!node.HasExited && !IsReadingInput(node.Id)) await Task.Delay(20);
        _ = Signal(node.Id, SigTerm);
        await node.WaitForExitAsync();
        Assert.That((node.ExitCode, await node.StandardError.ReadToEndAsync()), Is.EqualTo((1, "coniunctum: Interrupted; nothing was written.\n")));
    }

    [TestCase("rel", null)]
    [TestCase("./rel", null)]
    [TestCase("rel", "rel")]
    public async Task Keys_RelativeHome_IsRefusedAndNamesTheFolder(string home, string? data)
    {
        using Process node = Start(["keys", "new", "a"], environment: environment =>
        {
            environment["HOME"] = home;
            environment["XDG_DATA_HOME"] = data;
            environment["CONIUNCTUM_PASSWORD"] = "grey harbour 12";
        });
        await node.WaitForExitAsync();
        string error = await node.StandardError.ReadToEndAsync();
        Assert.That((node.ExitCode, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length), Is.EqualTo((2, 1)), error);
        Assert.That(error, Does.Contain($"'{home}/.local/share/coniunctum'").And.Contain("--keys"));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.Empty);
    }

    [TestCase("profile show standard")]
    [TestCase("profile show standard --json")]
    public async Task Run_OutputThatWasNeverOpen_IsOneLine(string args)
    {
        var start = new ProcessStartInfo("sh") { UseShellExecute = false, RedirectStandardError = true, WorkingDirectory = _folder };
        Array.ForEach(["-c", $"exec dotnet '{typeof(CommandLine).Assembly.Location}' {args} >&-"], start.ArgumentList.Add);
        using Process node = Process.Start(start)!;
        string error = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.That((node.ExitCode, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length), Is.EqualTo((1, 1)), error);
    }

    private Process Start(string[] args, bool input = false, Action<IDictionary<string, string?>>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = input,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        start.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        Array.ForEach(args, start.ArgumentList.Add);
        environment?.Invoke(start.Environment);
        return Process.Start(start)!;
    }

    /// <summary>Whether a thread of the process waits in read(2) for as many bytes as its reader of standard input asks for.</summary>
    private static bool IsReadingInput(int process)
    {
        if (!OperatingSystem.IsLinux()) return true;
        return Directory.GetDirectories(Invariant($"/proc/{process}/task")).Any(task =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "syscall")).Split(' ') is ["0", _, _, "0x10000", ..];
            }
            catch (IOException)
            {
                return false;
            }
        });
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}
