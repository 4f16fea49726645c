using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using Coniunctum.Crypto.Text;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Cli;

/// <summary>The whole program but its process: parses, carries out, and turns refusals into one line and an exit code.</summary>
internal static class CommandLine
{
    public const string ProgramName = "coniunctum";

    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandIo io, CancellationToken cancellation = default)
    {
        try
        {
            // Tokens like @file mean themselves here, and -abc is a mistake, not three options.
            ParseResult parsed = Build(io).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
            if (parsed.Action is not ShowHelp and not ShowVersion && parsed.Errors.Count > 0)
                throw new BadInputException(Explain(parsed));
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = io.Output, Error = io.Error },
                cancellation);
        }
        catch (BadInputException exception)
        {
            return await TellAsync(io, exception.Message, ExitCode.BadInput);
        }
        catch (LedgerFileException exception)
        {
            return await TellAsync(io, exception.Message, ExitCode.Failure);
        }
        catch (InvalidDataException exception)
        {
            return await TellAsync(io, $"{exception.Message} '{ProgramName} db verify' tells what else is damaged.", ExitCode.Failure);
        }
        catch (IOException exception) when (CommandIo.IsOutputClosed(exception))
        {
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk under the output, or an output that was never open.
            return await TellAsync(io, $"The output cannot be written: {exception.Message}", ExitCode.Failure);
        }
        catch (Exception exception) when (exception is LedgerHaltedException or OtherChainException)
        {
            return await TellAsync(io, exception.Message, ExitCode.Failure);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
    }

    public static RootCommand Build(CommandIo io)
    {
        var root = new RootCommand("A ledger that nobody can quietly rewrite, on your own machine.")
        {
            DevCommand.Create(io),
            DbCommand.Create(io),
            KeysCommand.Create(io),
            ProfileCommand.Create(io),
            HeadersCommand.Create(io),
        };
        root.Directives.Clear();
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ShowHelp(io);
        help.Description = "Say what a command does and which options it has.";
        VersionOption version = root.Options.OfType<VersionOption>().Single();
        version.Action = new ShowVersion(io);
        version.Description = "Say which version this is.";
        ShowHelpWhereNothingIsToBeDone(root, io);
        return root;
    }

    /// <summary>Wraps a reader of text as a parser of an option: a refusal becomes the parser's error, which names the option.</summary>
    public static Func<ArgumentResult, T?> Parser<T>(string name, Func<string, T> read) => result =>
    {
        try
        {
            return read(result.Tokens[0].Value);
        }
        catch (BadInputException exception)
        {
            result.AddError($"{name}: {exception.Message}");
            return default;
        }
    };

    private static void ShowHelpWhereNothingIsToBeDone(Command command, CommandIo io)
    {
        if (command.Subcommands.Count == 0) return;
        command.SetAction(parsed => HelpText.Write(parsed.CommandResult.Command, io.Output));
        foreach (Command child in command.Subcommands) ShowHelpWhereNothingIsToBeDone(child, io);
    }

    /// <summary>The first error is the cause; those after it are mostly its consequences.</summary>
    private static string Explain(ParseResult parsed)
    {
        string path = HelpText.PathOf(parsed.CommandResult.Command);
        string expected = parsed.CommandResult.Command.Subcommands is { Count: > 0 } commands
            ? $" Expected {Inputs.Or(commands.Select(command => command.Name))}."
            : "";
        return $"{Quoted.ParserMessage(parsed.Errors[0].Message, [.. parsed.Tokens.Select(token => token.Value)])}{expected} See '{path} --help'.";
    }

    private static async Task<int> TellAsync(CommandIo io, string message, int exitCode)
    {
        await io.Error.WriteLineAsync($"{ProgramName}: {PrintableText.Of(message, int.MaxValue)}");
        return exitCode;
    }
}
