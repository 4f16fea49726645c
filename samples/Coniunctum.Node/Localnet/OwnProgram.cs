using System.Diagnostics;
using System.Runtime.InteropServices;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Localnet;

/// <summary>Starts this program once more.</summary>
internal static partial class OwnProgram
{
    private const string Name = "Coniunctum.Node";
    private const int SigTerm = 15;

    /// <summary>Starts it with arguments; its output is read by the caller.</summary>
    /// <exception cref="BadInputException">This process is another program that has ours loaded.</exception>
    public static Process Start(IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // As `dotnet Coniunctum.Node.dll`, as an executable beside that file, or as one that was compiled ahead of time.
        string first = Environment.GetCommandLineArgs()[0];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) is "dotnet")
        {
            if (!Path.GetFileNameWithoutExtension(first).Equals(Name, StringComparison.Ordinal)) throw new BadInputException("A local network starts this program again, and only coniunctum itself can.");
            start.ArgumentList.Add(first);
        }

        foreach (string argument in args) start.ArgumentList.Add(argument);
        // What the environment says of one node would be said of all.
        foreach (string variable in start.Environment.Keys.Where(key => key.StartsWith("CONIUNCTUM_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(variable);
        return Process.Start(start)!;
    }

    /// <summary>Asks a process to stop, where the system knows how; elsewhere it is ended.</summary>
    public static void AskToStop(Process process)
    {
        if (OperatingSystem.IsWindows()) process.Kill();
        else _ = Signal(process.Id, SigTerm);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
