using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using Coniunctum.Node.Cli.Client;

namespace Coniunctum.Node.Cli;

/// <summary>The whole program but its process: parses, carries out, and turns every other end into one line and an exit code.</summary>
internal static class CommandLine
{
    public const string ProgramName = "coniunctum";

    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandIo io, CancellationToken cancellation = default)
    {
        // Tokens like @file mean themselves here, and -abc is a mistake, not three options.
        ParseResult parsed = Parse(args, io, out string taken);
        try
        {
            if (parsed.Action is not ShowHelp and not ShowVersion && parsed.Errors.Count > 0)
                throw new BadInputException($"{Explain(parsed)}{taken}");
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = io.Output, Error = io.Error },
                cancellation);
        }
        catch (IOException exception) when (CommandIo.IsOutputClosed(exception))
        {
            // Who reads the output has seen enough, as after `| head`.
            return ExitCode.Success;
        }
        catch (Exception exception) when (CommandEnd.Of(exception, cancellation.IsCancellationRequested) is { } end)
        {
            return await end.ReportAsync(io, CommandEnd.IsForPrograms(parsed));
        }
    }

    /// <summary>Parses what was typed, and what the environment adds to it.</summary>
    private static ParseResult Parse(IReadOnlyList<string> args, CommandIo io, out string taken)
    {
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        RootCommand root = Build(io);
        ParseResult parsed = root.Parse(args, configuration);
        taken = "";
        if (parsed.Errors.Count > 0 || EnvironmentOptions.Of(parsed, io.Variable) is not { Count: > 0 } added) return parsed;
        // Behind the command's words, before what may stand behind a "--".
        int words = HelpText.PathOf(parsed.CommandResult.Command).Count(character => character == ' ');
        taken = $" The environment has {string.Join(", ", added.Select(option => option.Split('=')[0]).Distinct(StringComparer.Ordinal).Select(EnvironmentOptions.VariableOf))}.";
        return root.Parse([.. args.Take(words), .. added, .. args.Skip(words)], configuration);
    }

    public static RootCommand Build(CommandIo io)
    {
        var root = new RootCommand("A ledger that no one can quietly rewrite, on your own machine.")
        {
            DevCommand.Create(io),
            NodeCommand.Create(io),
            InviteCommand.Create(io),
            AccountCommand.Create(io),
            LocalnetCommand.Create(io),
            StatusCommand.Create(io),
            PeersCommand.Create(io),
            BalanceCommand.Create(io),
            SendCommand.Create(io),
            HistoryCommand.Create(io),
            TransactionCommand.Create(io),
            BlockCommand.Create(io),
            WatchCommand.Create(io),
            DevCommands.Mining(io),
            DevCommands.Mine(io),
            DevCommands.Snapshot(io),
            DevCommands.Snapshots(io),
            DevCommands.Revert(io),
            DevCommands.Reorganize(io),
            DevCommands.Clock(io),
            DbCommand.Create(io),
            KeysCommand.Create(io),
            ProfileCommand.Create(io),
            HeadersCommand.Create(io),
            ReceiptCommand.Create(io),
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

    /// <summary>Says what a command does.</summary>
    /// <param name="command">The command.</param>
    /// <param name="remains">What it leaves when it is interrupted, as the end of a sentence.</param>
    /// <param name="action">Does it, and returns the exit code.</param>
    public static void SetAction(Command command, string? remains, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await action(parsed, cancellation);
            }
            catch (OperationCanceledException exception) when (exception is InterruptedException || cancellation.IsCancellationRequested)
            {
                if (exception is InterruptedException { HasRemains: true }) throw;
                throw new InterruptedException(remains);
            }
        });

    private static void ShowHelpWhereNothingIsToBeDone(Command command, CommandIo io)
    {
        if (!HelpText.DoesSomething(command)) command.SetAction(parsed => HelpText.Write(parsed.CommandResult.Command, io.Output));
        foreach (Command child in command.Subcommands) ShowHelpWhereNothingIsToBeDone(child, io);
    }

    /// <summary>The first error is the cause; those after it are mostly its consequences.</summary>
    private static string Explain(ParseResult parsed)
    {
        string path = HelpText.PathOf(parsed.CommandResult.Command);
        string expected = HelpText.DoesSomething(parsed.CommandResult.Command)
            ? ""
            : $" Expected {Inputs.Or(parsed.CommandResult.Command.Subcommands.Select(command => command.Name))}.";
        return $"{Quoted.ParserMessage(parsed.Errors[0].Message, [.. parsed.Tokens.Select(token => token.Value)])}{expected} See '{path} --help'.";
    }
}
