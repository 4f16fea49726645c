using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Coniunctum.TestKit;

/// <summary>Starts a test assembly that is also a program, on the runtime that this process has.</summary>
internal static class ChildProcess
{
    /// <summary>How to start it; nothing is redirected.</summary>
    public static ProcessStartInfo Of(Assembly program, IEnumerable<string> arguments)
    {
        string host = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return new ProcessStartInfo(Path.GetFullPath(host), ["exec", program.Location, .. arguments]) { UseShellExecute = false };
    }

    /// <summary>Starts it, waits for its end, and returns all that it wrote.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        Assembly program, IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = Of(program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return (child.ExitCode, output, await errors);
    }
}
