using System.CommandLine;

namespace Coniunctum.Node.Cli;

/// <summary>Help for people: the commands stand under what someone wants to do, not in alphabetical order.</summary>
internal static class HelpText
{
    private const int Column = 26;

    /// <summary>Every command that does something, by what a person wants.</summary>
    public static IReadOnlyList<(string Title, string[] Paths)> Groups { get; } =
    [
        ("Try it", ["dev"]),
        ("Run a network", ["node", "invite", "account", "localnet"]),
        ("Ask a running node", ["status", "peers", "balance", "send", "history", "tx", "tx receipt", "block", "watch"]),
        ("Steer a running development chain", ["mining", "mine", "snapshot", "snapshots", "revert", "reorg", "clock"]),
        ("A ledger's file", ["db stats", "db verify", "db export", "db import", "db prune", "db backup", "db digest", "db diff", "db rewind"]),
        ("Keys", ["keys new", "keys import", "keys export", "keys list", "keys show", "keys derive", "keys sign", "keys verify"]),
        ("Look things up", ["profile show", "headers verify", "receipt verify"]),
    ];

    public static void Write(Command command, TextWriter output)
    {
        WrappedText.Write(output, "", 0, command.Description ?? "");
        output.WriteLine();
        output.WriteLine($"Usage: {UsageOf(command)}");
        foreach ((string title, string[] paths) in Groups)
        {
            Command[] commands = [.. paths.Select(path => Find(RootOf(command), path)).Where(found => found != command && IsWithin(found, command))];
            WriteSection(output, title, commands.Select(found => (LabelOf(found), FirstSentence(found.Description))));
        }

        WriteSection(output, "Arguments", command.Arguments.Where(argument => !argument.Hidden).Select(argument => (argument.Name, argument.Description)));
        IEnumerable<Option> options = command.Options.Where(option => !option.Hidden);
        if (command is not RootCommand) options = options.Concat(RootOf(command).Options.Where(option => option.Recursive));
        WriteSection(output, "Options", options.Select(option => (LabelOf(option), option.Description)));

        if (Examples.OfCommands.GetValueOrDefault(WordsOf(command)) is { } example)
        {
            output.WriteLine();
            output.WriteLine("Example");
            output.WriteLine($"  {example}");
        }

        if (command is RootCommand)
        {
            output.WriteLine();
            output.WriteLine($"Start with '{CommandLine.ProgramName} dev'; Ctrl-C ends it.");
            output.WriteLine($"Every command explains itself: '{CommandLine.ProgramName} dev --help'.");
        }
    }

    /// <summary>Whether a command does something itself; the others only hold commands.</summary>
    public static bool DoesSomething(Command command) => command.Subcommands.Count == 0 || command.Arguments.Any(argument => !argument.Hidden);

    /// <summary>Returns the words that call a command.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : CommandLine.ProgramName;

    private static string WordsOf(Command command) => PathOf(command)[CommandLine.ProgramName.Length..].TrimStart();

    private static Command Find(Command root, string path) =>
        path.Split(' ').Aggregate(root, (command, name) => command.Subcommands.Single(child => child.Name.Equals(name, StringComparison.Ordinal)));

    private static Command RootOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? RootOf(parent) : command;

    private static bool IsWithin(Command command, Command ancestor) =>
        command == ancestor || (command.Parents.OfType<Command>().FirstOrDefault() is { } parent && IsWithin(parent, ancestor));

    private static string UsageOf(Command command)
    {
        string usage = PathOf(command);
        if (!DoesSomething(command)) usage += " COMMAND";
        usage = command.Arguments.Where(argument => !argument.Hidden).Aggregate(usage, (text, argument) => $"{text} {argument.Name}");
        return $"{usage} [OPTIONS]";
    }

    private static string LabelOf(Command command) => command.Arguments.Where(argument => !argument.Hidden).Aggregate(
        WordsOf(command), (text, argument) => $"{text} {argument.Name}");

    private static string LabelOf(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias is "-h").Append(option.Name));
        return option.HelpName is null ? names : $"{names} {option.HelpName}";
    }

    /// <summary>A list says what a command does; its own help says the rest.</summary>
    private static string? FirstSentence(string? text) => text?.IndexOf(". ", StringComparison.Ordinal) is > 0 and int end ? text[..(end + 1)] : text;

    private static void WriteSection(TextWriter output, string title, IEnumerable<(string Label, string? Text)> rows)
    {
        bool isFirst = true;
        foreach ((string label, string? text) in rows)
        {
            if (isFirst)
            {
                output.WriteLine();
                output.WriteLine(title);
                isFirst = false;
            }

            WriteRow(output, label, text ?? "");
        }
    }

    private static void WriteRow(TextWriter output, string label, string text)
    {
        string line = $"  {label}".PadRight(Column);
        if (line.Length > Column)
        {
            output.WriteLine(line);
            line = new string(' ', Column);
        }

        WrappedText.Write(output, line, Column, text);
    }
}
