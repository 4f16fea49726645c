using System.CommandLine;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum db: looks after the file that a ledger is kept in, mostly while no one else uses it.</summary>
internal static class DbCommand
{
    public static Command Create(CommandIo io) => new("db", "Look after the file that a ledger is kept in. No other program may use it meanwhile, but for a backup.")
    {
        Stats(io),
        Verify(io),
        Export(io),
        Import(io),
        Prune(io),
        Backup(io),
        Digest(io),
        Rewind(io),
        Diff(io),
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
        Option<string?> against = PathInput.Option("--against", "Compare with a digest that 'db digest --out' wrote, and name the first height that differs. Exit code 1 when one does.");
        Option<bool> json = JsonOption.Create();
        var command = new Command("verify", "Read every row, compare its checksum, check every header and block, and name what is damaged. Exit code 1 when anything is.")
        {
            data, repair, against, json,
        };
        CommandLine.SetAction(command, null, (parsed, cancellation) => DbUpkeep.VerifyAsync(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(repair), parsed.GetValue(against), new OutcomeReporter(io, parsed.GetValue(json)), cancellation));
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
        Option<ulong?> height = HeightOption("With --state: the height of that block. Default: the tip's.");
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

    private static Command Backup(CommandIo io)
    {
        Option<string?> data = DataOption(io);
        data.Description += " It may be in use, by 'node' or 'dev'.";
        Option<string?> to = OutOption();
        to.Required = true;
        Option<bool> json = JsonOption.Create();
        var command = new Command("backup", "Copy a ledger into a new file, also while it is in use. The copy is whole and on the disk when this ends.") { data, to, json };
        CommandLine.SetAction(command, DbBackup.Remains, (parsed, cancellation) => DbBackup.RunAsync(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(to)!, new OutcomeReporter(io, parsed.GetValue(json)), cancellation));
        return command;
    }

    private static Command Digest(CommandIo io)
    {
        Option<string?> data = DataOption(io);
        Option<ulong?> height = HeightOption("The height of the last block. Default: the tip's.");
        Option<string?> to = OutOption();
        to.Description = "Also write it into a new file, which 'db verify --against' takes.";
        Option<bool> json = JsonOption.Create();
        var command = new Command("digest", "Compute a digest of what a ledger holds: the same one for every file that holds the same chain, pruned or not.") { data, height, to, json };
        CommandLine.SetAction(command, null, (parsed, cancellation) => DbDigest.RunAsync(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(height), parsed.GetValue(to), new OutcomeReporter(io, parsed.GetValue(json)), cancellation));
        return command;
    }

    private static Command Rewind(CommandIo io)
    {
        Option<string?> data = DataOption(io);
        Option<ulong?> height = HeightOption("The height of the block at which the chain is to end.");
        height.Required = true;
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "rewind", "Undo a ledger's blocks above a height, at once and for good. What is final or was pruned is not undone. Other nodes do not follow, and bring one with a network forward again.")
        {
            data, height, json,
        };
        CommandLine.SetAction(command, "nothing was undone", (parsed, cancellation) => DbRewind.RunAsync(
            PathOf(parsed.GetValue(data), io), parsed.GetValue(height)!.Value, new OutcomeReporter(io, parsed.GetValue(json)), cancellation));
        return command;
    }

    private static Command Diff(CommandIo io)
    {
        Argument<string> first = PathInput.Argument("A", "A ledger's file, or a node's folder.");
        Argument<string> second = PathInput.Argument("B", "Another one.");
        Option<ulong?> height = HeightOption("Compare the states at this height. Default: at their tips.");
        var limit = new Option<ulong?>("--limit")
        {
            HelpName = "N",
            Description = "How many differences are listed at most; all are counted. Default: 100.",
            CustomParser = CommandLine.Parser<ulong?>("--limit", text => Inputs.Number(text, 0, 1_000_000)),
        };
        Option<bool> json = JsonOption.Create();
        var command = new Command("diff", "Say where the chains of two ledgers part, and which accounts and entries differ. Exit code 1 when anything does.") { first, second, height, limit, json };
        CommandLine.SetAction(command, null, (parsed, cancellation) => DbDiff.RunAsync(
            parsed.GetValue(first)!, parsed.GetValue(second)!, parsed.GetValue(height), (int)(parsed.GetValue(limit) ?? 100), new OutcomeReporter(io, parsed.GetValue(json)), cancellation));
        return command;
    }

    private static Option<ulong?> HeightOption(string description) => new("--height")
    {
        HelpName = "N",
        Description = description,
        CustomParser = CommandLine.Parser<ulong?>("--height", text => Inputs.Number(text, 0, Inputs.MostHeight)),
    };

    private static Option<string?> OutOption() => PathInput.Option("--out", "The new file.");

    private static Option<string?> DataOption(CommandIo io) =>
        PathInput.Option("--data", $"The ledger's file, or a node's folder. Default: dev-{DevProfile.Bases[0].Name}.db in {io.DataFolder}.");

    private static string PathOf(string? data, CommandIo io) => data ?? DataFolder.DevFile(io.DataFolder, DevProfile.Bases[0].Name);
}
