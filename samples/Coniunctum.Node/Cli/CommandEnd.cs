using System.CommandLine;
using Coniunctum.Client;
using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Api;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Cli;

/// <summary>
/// How a command ends that has not done what it was asked for: an exit code and one line; with <c>--json</c> also an object on
/// standard output, its last line. What is done says so itself.
/// </summary>
/// <param name="Outcome">badInput, failed or interrupted.</param>
/// <param name="ExitCode">What the process ends with.</param>
/// <param name="Message">Why, for people.</param>
internal sealed record CommandEnd(string Outcome, int ExitCode, string Message)
{
    /// <summary>The end that an exception stands for; <c>null</c> when it is a fault of this program, which is not hidden.</summary>
    /// <param name="exception">What ended the command.</param>
    /// <param name="isStopped">Whether the process was asked to end.</param>
    public static CommandEnd? Of(Exception exception, bool isStopped) => exception switch
    {
        BadInputException => new CommandEnd("badInput", Cli.ExitCode.BadInput, exception.Message),
        InterruptedException => new CommandEnd("interrupted", Cli.ExitCode.Failure, exception.Message),
        OperationCanceledException when isStopped => Of(new InterruptedException(), isStopped),
        ApiProblemException { Status: >= 400 and < 500 } or NodeSilentException => new CommandEnd("badInput", Cli.ExitCode.BadInput, exception.Message),
        ApiProblemException => Failed(exception.Message),
        InvalidDataException or LedgerOpenException { Fault: LedgerOpenFault.Damaged } => Failed($"{exception.Message} '{CommandLine.ProgramName} db verify' tells what else is damaged."),
        LedgerFileException or LedgerHaltedException or LedgerOpenException => Failed(exception.Message),
        // A full disk under a file or the output, a device that fails, an output that was never open.
        IOException or UnauthorizedAccessException => Failed($"Reading or writing failed: {exception.Message}"),
        _ => null,
    };

    /// <summary>Whether programs read the output of what was typed; also where it could not be parsed wholly.</summary>
    public static bool IsForPrograms(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.FirstOrDefault(option => option.Name is JsonOption.Name) is { } json
            ? parsed.GetResult(json) is { Implicit: false } result && !result.Tokens.Any(token => token.Value is "false")
            : parsed.Tokens.Any(token => token.Value is JsonOption.Name);

    /// <summary>Reports it.</summary>
    public async Task<int> ReportAsync(CommandIo io, bool isForPrograms)
    {
        io.Progress.Clear();
        await io.Error.WriteLineAsync($"{CommandLine.ProgramName}: {PrintableText.Of(Message, int.MaxValue)}");
        if (!isForPrograms) return ExitCode;
        try
        {
            await io.Output.WriteLineAsync(JsonText.Line(json =>
            {
                json.WriteString("event", "ended");
                json.WriteString("outcome", Outcome);
                json.WriteNumber("exitCode", ExitCode);
                json.WriteString("message", Message);
            }));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No one reads it any more, or it cannot be written, which is perhaps what is reported: the line above was said.
        }

        return ExitCode;
    }

    private static CommandEnd Failed(string message) => new("failed", Cli.ExitCode.Failure, message);
}
