using System.CommandLine;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum db: looks after the file that a ledger is kept in, while no one else uses it.</summary>
internal static class DbCommand
{
    public static Command Create(CommandIo io) => new("db", "Look after the file that a ledger is kept in. No other program may use it meanwhile.")
    {
        Stats(io),
        Verify(io),
        Export(io),
        Import(io),
        Prune(io),
    };

    private static Command Stats(CommandIo io)
    {
        Option<string?> data = DataOption(io);
        Option<bool> json = JsonOption.Create();
        var command = new Command("stats", "Show what a ledger's file holds, and how much room it takes.") { data, json };
        CommandLine.SetAction(command, null, (parsed, cancellation) => Task.FromResult(DbUpkeep.Stats(
            PathOf(parsed.GetValue(data), io), new OutcomeReporter(io, parsed.GetValue(json)), cancellation)));
        return command;
    }

    private static Command Verify(CommandIo io)
    {
        Option<string?> data = DataOption(io);
        var repair = new Option<bool>("--repair") { Description = "Repair what the rest of the file allows. Copy the file first." };
        Option<bool> json = JsonOption.Create();
        var command = new Command("verify", "Read every row, compare its checksum, check every header and block, and name what is damaged. Exit code 1 when anything is.")
        {
            data, repair, json,
        };
        CommandLine.SetAction(command, null, (parsed, cancellation) => Task.FromResult(DbUpkeep.Verify(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(repair), new OutcomeReporter(io, parsed.GetValue(json)), cancellation)));
        return command;
    }

    private static Command Prune(CommandIo io)
    {
        Option<string?> data = DataOption(io);
        var keep = new Option<ulong?>("--keep")
        {
            HelpName = "N",
            Description = "Keep the bodies of the last N blocks, and of all above the newest checkpoint. Default: 10000.",
            CustomParser = CommandLine.Parser<ulong?>("--keep", text => Inputs.Number(text, 1, Inputs.MostHeight)),
        };
        Option<bool> json = JsonOption.Create();
        var command = new Command("prune", "Delete old blocks' bodies and what undoes them; headers and balances stay. The file shrinks.") { data, keep, json };
        CommandLine.SetAction(command, "the same command goes on with it", (parsed, cancellation) => Task.FromResult(DbUpkeep.Prune(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(keep) ?? 10_000, new OutcomeReporter(io, parsed.GetValue(json)), cancellation)));
        return command;
    }

    private static Command Export(CommandIo io)
    {
        Argument<string> file = PathInput.Argument("FILE", "Where to write. A file that was left unfinished is continued.");
        var state = new Option<bool>("--state") { Description = "Write the state after one block, and the headers that lead to it, instead of all blocks." };
        var height = new Option<ulong?>("--height")
        {
            HelpName = "N",
            Description = "With --state: the height of that block. Default: the tip's.",
            CustomParser = CommandLine.Parser<ulong?>("--height", text => Inputs.Number(text, 0, Inputs.MostHeight)),
        };
        Option<string?> data = DataOption(io);
        Option<bool> json = JsonOption.Create();
        var command = new Command("export", "Write all blocks, or the state at a height, into a file that 'db import' reads.") { file, state, height, data, json };
        CommandLine.SetAction(command, "the same command goes on where it stopped", (parsed, cancellation) =>
        {
            var reporter = new OutcomeReporter(io, parsed.GetValue(json));
            string path = PathOf(parsed.GetValue(data), io);
            if (parsed.GetValue(state)) return DbStates.ExportAsync(path, parsed.GetValue(file)!, parsed.GetValue(height), reporter, cancellation);
            return parsed.GetValue(height) is null
                ? DbFiles.ExportAsync(path, parsed.GetValue(file)!, reporter, cancellation)
                : throw new BadInputException("--height: only a state is written at a height; add --state.");
        });
        return command;
    }

    private static Command Import(CommandIo io)
    {
        Argument<string> file = PathInput.Argument(
            "FILE", "A file that 'db export' wrote. Blocks that the ledger has already are passed over; a state goes into a new ledger only.");
        var trust = new Option<bool>("--trust") { Description = "Trust a state that no header proves, as under int32coin." };
        Option<string?> data = DataOption(io);
        Option<bool> json = JsonOption.Create();
        var command = new Command("import", "Take in a file of blocks or of a state. Each block or header is checked by every rule. An empty ledger begins the file's chain.") { file, trust, data, json };
        CommandLine.SetAction(command, "what was taken in stays, and the same command goes on where it stopped", (parsed, cancellation) => DbFiles.ImportAsync(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(file)!, parsed.GetValue(trust), new OutcomeReporter(io, parsed.GetValue(json)), cancellation));
        return command;
    }

    private static Option<string?> DataOption(CommandIo io) =>
        PathInput.Option("--data", $"The ledger's file. Default: dev-{DevProfile.Bases[0].Name}.db in {io.DataFolder}.");

    private static string PathOf(string? data, CommandIo io) => data ?? DataFolder.DevFile(io.DataFolder, DevProfile.Bases[0].Name);
}
