using System.Text;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests;

/// <summary>One run of the program in this process, and what it left behind.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    public string[] OutputLines => Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public static Task<Invocation> OfAsync(params string[] args) => WithInputAsync("", args);

    public static Task<Invocation> WithInputAsync(string input, params string[] args) => RunAsync(input, "no folder", args);

    /// <summary>Runs the program with a folder in the place of the user's own.</summary>
    public static Task<Invocation> InFolderAsync(string folder, params string[] args) => RunAsync("", folder, args);

    private static async Task<Invocation> RunAsync(string input, string folder, string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        await using var io = new CommandIo(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error) { DataFolder = folder };
        int exitCode = await CommandLine.RunAsync(args, io);
        return new Invocation(exitCode, output.ToString(), error.ToString());
    }
}
