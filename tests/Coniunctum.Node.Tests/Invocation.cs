using System.Text;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Tests;

/// <summary>One run of the program in this process, and what it left behind.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    private static readonly string s_noFolder = Path.Combine(Path.GetTempPath(), "coniunctum-tests-have-no-data-folder");

    public string[] OutputLines => Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public static Task<Invocation> OfAsync(params string[] args) => WithInputAsync("", args);

    public static Task<Invocation> WithInputAsync(string input, params string[] args) => WithBytesAsync(Encoding.UTF8.GetBytes(input), args);

    /// <summary>Runs the program with bytes as they may come from anywhere.</summary>
    public static Task<Invocation> WithBytesAsync(byte[] input, params string[] args) => RunAsync(input, _ => null, null, s_noFolder, args);

    /// <summary>Runs the program with a folder in the place of the user's own.</summary>
    public static Task<Invocation> InFolderAsync(string folder, params string[] args) => RunAsync([], _ => null, null, folder, args);

    /// <summary>As a script runs it: the password is in the environment.</summary>
    public static Task<Invocation> ByScriptAsync(string password, string input, params string[] args) =>
        ByScriptAsync(password, Encoding.UTF8.GetBytes(input), args);

    /// <summary>The same with bytes as they may come from anywhere.</summary>
    public static Task<Invocation> ByScriptAsync(string password, byte[] input, params string[] args) =>
        RunAsync(input, name => name == "CONIUNCTUM_PASSWORD" ? password : null, null, s_noFolder, args);

    /// <summary>As a script runs it, with a folder in the place of the user's own.</summary>
    public static Task<Invocation> ByScriptInFolderAsync(string password, string folder, params string[] args) =>
        RunAsync([], name => name == "CONIUNCTUM_PASSWORD" ? password : null, null, folder, args);

    /// <summary>As a person runs it.</summary>
    public static Task<Invocation> AtTerminalAsync(IPrompt prompt, params string[] args) => RunAsync([], _ => null, prompt, s_noFolder, args);

    private static async Task<Invocation> RunAsync(byte[] input, Func<string, string?> variable, IPrompt? prompt, string folder, string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        await using var io = new CommandIo(new MemoryStream(input), output, error)
        {
            Variable = variable,
            Prompt = prompt,
            IsTyped = prompt is not null,
            IsErrorLive = prompt is not null,
            DataFolder = folder,
        };
        int exitCode = await CommandLine.RunAsync(args, io);
        return new Invocation(exitCode, output.ToString(), error.ToString());
    }
}
