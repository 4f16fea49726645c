using System.CommandLine;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum db: looks after the file that a ledger is kept in, while nobody else uses it.</summary>
internal static class DbCommand
{
    public static Command Create(CommandIo io) => new("db", "Look after the file that a ledger is kept in. No other program may use it meanwhile.")
    {
        Export(io),
        Import(io),
    };

    private static Command Export(CommandIo io)
    {
        var file = new Argument<string>("FILE") { Description = "Where to write the blocks. A file that was left unfinished is continued." };
        Option<string?> data = DataOption(io);
        Option<bool> json = JsonOption();
        var command = new Command("export", "Write all blocks into a file that 'db import' reads.") { file, data, json };
        command.SetAction((parsed, cancellation) => DbFiles.ExportAsync(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(file)!, new DbReporter(io, parsed.GetValue(json)), cancellation));
        return command;
    }

    private static Command Import(CommandIo io)
    {
        var file = new Argument<string>("FILE") { Description = "A file that 'db export' wrote. What the ledger has already is passed over." };
        Option<string?> data = DataOption(io);
        Option<bool> json = JsonOption();
        var command = new Command("import", "Take in the blocks of a file, each checked by every rule. An empty ledger begins the file's chain.") { file, data, json };
        command.SetAction((parsed, cancellation) => DbFiles.ImportAsync(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(file)!, new DbReporter(io, parsed.GetValue(json)), cancellation));
        return command;
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Write the outcome as one JSON object." };

    private static Option<string?> DataOption(CommandIo io) => new("--data")
    {
        HelpName = "PATH",
        Description = $"The ledger's file. Default: dev-{DevProfile.Bases[0].Name}.db in {io.DataFolder}.",
    };

    private static string PathOf(string? data, CommandIo io) => data ?? DataFolder.DevFile(io.DataFolder, DevProfile.Bases[0].Name);
}
