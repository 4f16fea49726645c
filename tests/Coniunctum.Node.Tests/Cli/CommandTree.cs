using System.CommandLine;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>Every command that does something, with every option and argument, read from the parser's own tree: what is added is covered.</summary>
internal static class CommandTree
{
    /// <summary>The commands, by the words that call them.</summary>
    public static IReadOnlyList<(string Path, Command Command)> Leaves { get; } = [.. LeavesOf(Root())
        .Select(command => (HelpText.PathOf(command)["coniunctum ".Length..], command))];

    public static IEnumerable<string> Paths => Leaves.Select(leaf => leaf.Path);

    public static Command Of(string path) => Leaves.Single(leaf => leaf.Path.Equals(path, StringComparison.Ordinal)).Command;

    /// <summary>Options that take a value, and arguments.</summary>
    public static IEnumerable<Symbol> ValuesOf(Command command) =>
        [.. command.Options.Where(option => option.ValueType != typeof(bool)), .. command.Arguments.Where(argument => !argument.Hidden)];

    private static RootCommand Root() => CommandLine.Build(new CommandIo(Stream.Null, TextWriter.Null, TextWriter.Null));

    private static IEnumerable<Command> LeavesOf(Command command) =>
        command.Subcommands.SelectMany(LeavesOf).Prepend(command).Where(HelpText.DoesSomething);
}
