using System.ComponentModel;
using System.Diagnostics;

namespace Coniunctum.Interop.Tests.Support;

/// <summary>Runs the scripts of tests/interop, which lie beside the test assembly.</summary>
internal static class PythonScript
{
    /// <summary>Why tests are skipped where they cannot run.</summary>
    public const string WhyNot = "The commands python3 and openssl are not both installed.";

    private const string Python = "python3";

    // No test passes or fails by its length: a script that hangs is ended.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>Whether what the scripts need is installed.</summary>
    public static bool CanRun => IsInstalled(Python, "--version") && IsInstalled("openssl", "version");

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "interop", name);

    /// <summary>Runs a script to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string name, params string[] arguments)
    {
        ProcessStartInfo start = Quietly(Python, [PathOf(name), .. arguments]);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var patience = new CancellationTokenSource(s_patience);
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static bool IsInstalled(string command, string argument)
    {
        try
        {
            using Process process = Process.Start(Quietly(command, [argument]))!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static ProcessStartInfo Quietly(string command, IEnumerable<string> arguments) =>
        new(command, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
}
