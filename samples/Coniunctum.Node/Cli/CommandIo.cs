using System.Text;
using Coniunctum.Node.Cli.Wallet;
using Microsoft.Win32.SafeHandles;

namespace Coniunctum.Node.Cli;

/// <summary>Where a command reads from and writes to.</summary>
/// <param name="input">Standard input, as bytes: a secret that is read must not linger in strings.</param>
/// <param name="output">What was asked for.</param>
/// <param name="error">What went wrong.</param>
internal sealed class CommandIo(Stream input, TextWriter output, TextWriter error) : IAsyncDisposable
{
    // POSIX EPIPE, and on Windows ERROR_BROKEN_PIPE and ERROR_NO_DATA as HRESULTs.
    private const int BrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);

    public Stream Input => input;

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Whether a person looks at a terminal that can redraw its lines.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether a person types the input.</summary>
    public bool IsTyped { get; init; }

    /// <summary>Where ledgers are kept unless a path is given.</summary>
    public string DataFolder { get; init; } = Data.DataFolder.OfUser;

    /// <summary>Whether a person looks at what is written to <see cref="Error"/>.</summary>
    public bool IsErrorLive { get; init; }

    /// <summary>How many columns the terminal of <see cref="Error"/> has.</summary>
    public Func<int> ErrorWidth { get; init; } = () => 80;

    /// <summary>Shows on <see cref="Error"/> how far a command has come.</summary>
    public ProgressLine Progress => field ??= new ProgressLine(error, IsErrorLive, ErrorWidth);

    /// <summary>Where a person types secrets; <c>null</c> for nowhere.</summary>
    public IPrompt? Prompt { get; init; }

    /// <summary>Reads a variable of the environment.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>The process's own.</summary>
    /// <param name="stop">Ends waiting for input.</param>
    public static CommandIo OpenStandard(CancellationToken stop) => new(
        new InterruptibleInput(Console.OpenStandardInput(), stop), new StreamWriter(OpenOutput(), new UTF8Encoding(false)) { AutoFlush = true }, Console.Error)
    {
        IsLive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb",
        IsTyped = !Console.IsInputRedirected,
        IsErrorLive = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb",
        ErrorWidth = WidthOfTerminal,
        Prompt = new TerminalPrompt(Console.Error),
        Variable = Environment.GetEnvironmentVariable,
    };

    /// <summary>Whether an exception says that no one reads the output any more, as after <c>| head</c>.</summary>
    public static bool IsOutputClosed(IOException exception) =>
        exception.HResult is BrokenPipe or WindowsBrokenPipe or WindowsNoData;

    public async ValueTask DisposeAsync()
    {
        await input.DisposeAsync();
        await output.DisposeAsync();
    }

    private static int WidthOfTerminal()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            // It says that it is one, but not how large it is.
            return 80;
        }
    }

    /// <summary>
    /// The console's own stream keeps quiet when a pipe's reader has left, and a chain would go on for no one. A plain stream
    /// tells. Files keep the console's stream, which appends where another process has written meanwhile.
    /// </summary>
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var plain = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return plain.CanSeek ? Console.OpenStandardOutput() : plain;
    }
}
