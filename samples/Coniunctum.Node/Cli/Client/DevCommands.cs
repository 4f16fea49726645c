using System.CommandLine;
using System.Globalization;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Cli.Client;

/// <summary>The commands that steer a running development chain; a node of a network refuses them.</summary>
internal static class DevCommands
{
    public static Command Reorganize(CommandIo io)
    {
        var depth = new Argument<ulong>("DEPTH")
        {
            Description = Invariant($"How many blocks to undo: 1 to {DevControl.MostBlocks}."),
            CustomParser = CommandLine.Parser("DEPTH", text => Inputs.Number(text, 1, DevControl.MostBlocks)),
        };
        return new ClientCommand(io, "reorg", "Reorganize a running development chain: undo its last blocks, put their transactions back into the pool, and mine one block more in their place.", depth)
            .Does(async (parsed, client, reporter, cancellation) =>
            {
                ReorganizedModel made = await client.DevAsync(DevRoutes.Reorganize, Invariant($"depth={parsed.GetValue(depth)}"), DevJson.Default.ReorganizedModel, cancellation);
                return reporter.Conclude(
                    Invariant($"Undid {made.Depth} blocks above height {made.Fork} and mined others up to {made.Height}, now {made.Tip}; {made.Returned} transactions went back to the pool."),
                    ClientCommand.Fields(made, DevJson.Default.ReorganizedModel));
            });
    }

    public static Command Snapshot(CommandIo io)
    {
        Argument<string> name = Name("What to call it: letters, digits, '-', '_' and '.'; one of that name is replaced.");
        return new ClientCommand(io, "snapshot", "Remember how a running development chain is, to come back to it with 'revert'. It lasts as long as the program that runs the chain.", name)
            .Does(async (parsed, client, reporter, cancellation) =>
            {
                SnapshotModel taken = await client.DevAsync(DevRoutes.TakeSnapshot, $"name={parsed.GetValue(name)}", DevJson.Default.SnapshotModel, cancellation);
                return reporter.Conclude(Line(taken), ClientCommand.Fields(taken, DevJson.Default.SnapshotModel));
            });
    }

    public static Command Snapshots(CommandIo io) =>
        new ClientCommand(io, "snapshots", "List the snapshots of a running development chain.").Does(async (_, client, reporter, cancellation) =>
        {
            SnapshotsModel all = await client.DevAsync(DevRoutes.Snapshots, "", DevJson.Default.SnapshotsModel, cancellation);
            string text = all.Snapshots.Count == 0 ? "No snapshots: 'coniunctum snapshot NAME' takes one." : string.Join(Environment.NewLine, all.Snapshots.Select(Line));
            return reporter.Conclude(text, ClientCommand.Fields(all, DevJson.Default.SnapshotsModel));
        });

    public static Command Revert(CommandIo io)
    {
        Argument<string> name = Name("A snapshot's name.");
        return new ClientCommand(io, "revert", "Make a running development chain what it was at a snapshot. Blocks since are given up with their transactions, and so are later snapshots.", name)
            .Does(async (parsed, client, reporter, cancellation) =>
            {
                RevertedModel reverted = await client.DevAsync(DevRoutes.Revert, $"name={parsed.GetValue(name)}", DevJson.Default.RevertedModel, cancellation);
                return reporter.Conclude(
                    Invariant($"Back at {reverted.Name}, height {reverted.Height}, {reverted.Tip}; {reverted.Undone} blocks are given up."), ClientCommand.Fields(reverted, DevJson.Default.RevertedModel));
            });
    }

    public static Command Mining(CommandIo io)
    {
        var mode = new Argument<string?>("MODE")
        {
            Description = "interval: a block about every block time; auto: only while transactions wait; manual: only by 'mine' and 'reorg'. Default: show which it is.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = CommandLine.Parser("MODE", ReadMode),
        };
        return new ClientCommand(io, "mining", "Choose when a running development chain mines.", mode).Does(async (parsed, client, reporter, cancellation) =>
        {
            MiningModel mining = parsed.GetValue(mode) is { } wanted
                ? await client.DevAsync(DevRoutes.SetMining, $"mode={wanted}", DevJson.Default.MiningModel, cancellation)
                : await client.DevAsync(DevRoutes.Mining, "", DevJson.Default.MiningModel, cancellation);
            return reporter.Conclude(Invariant($"Mining is {mining.Mode}; the height is {mining.Height}."), ClientCommand.Fields(mining, DevJson.Default.MiningModel));
        });
    }

    public static Command Mine(CommandIo io)
    {
        var blocks = new Option<ulong?>("--blocks")
        {
            HelpName = "N",
            Description = Invariant($"How many, 1 to {DevControl.MostBlocks}. Default: 1."),
            CustomParser = CommandLine.Parser<ulong?>("--blocks", text => Inputs.Number(text, 1, DevControl.MostBlocks)),
        };
        return new ClientCommand(io, "mine", "Mine now on a running development chain, whenever it mines otherwise, and wait for it.", blocks).Does(async (parsed, client, reporter, cancellation) =>
        {
            MinedModel mined = await client.DevAsync(DevRoutes.Mine, Invariant($"blocks={parsed.GetValue(blocks) ?? 1}"), DevJson.Default.MinedModel, cancellation);
            return reporter.Conclude(Invariant($"Mined up to height {mined.Height}, {mined.Tip}."), ClientCommand.Fields(mined, DevJson.Default.MinedModel));
        });
    }

    public static Command Clock(CommandIo io)
    {
        var time = new Argument<string?>("TIME")
        {
            Description = "A span like +30s, +90m, +12h or +7d, or a later time like 2027-01-01T00:00:00Z. Default: show it.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = CommandLine.Parser("TIME", ReadTime),
        };
        return new ClientCommand(io, "clock", "Set a running development chain's clock forward; the next block has the new time.", time).Does(async (parsed, client, reporter, cancellation) =>
        {
            ClockModel clock = parsed.GetValue(time) is { } query
                ? await client.DevAsync(DevRoutes.SetClock, query, DevJson.Default.ClockModel, cancellation)
                : await client.DevAsync(DevRoutes.Clock, "", DevJson.Default.ClockModel, cancellation);
            return reporter.Conclude(
                Invariant($"The chain's clock shows {ProductionStatus.Show(new Timestamp((ulong)clock.Time))}, {TimeSpan.FromMilliseconds(clock.Ahead):c} ahead of this machine's."),
                ClientCommand.Fields(clock, DevJson.Default.ClockModel));
        });
    }

    private static Argument<string> Name(string description) => new("NAME") { Description = description, CustomParser = CommandLine.Parser("NAME", SnapshotName.Read) };

    private static string Line(SnapshotModel snapshot) => Invariant($"{snapshot.Name}  height {snapshot.Height}  {snapshot.Tip}");

    private static string ReadMode(string text) => text is "auto" or "interval" or "manual" ? text : throw new BadInputException($"{Quoted.Of(text)} is none; expected auto, interval or manual.");

    /// <summary>Reads a span or a time, and returns how the route takes it.</summary>
    private static string ReadTime(string text)
    {
        if (text.StartsWith('+') && text.Length is > 2 and < 20 && UnitOf(text[^1]) is { } unit
            && decimal.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number * unit is >= 1 and <= 10_000_000_000_000)
        {
            return Invariant($"advance={(long)(number * unit)}");
        }

        return DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) && time >= DateTimeOffset.UnixEpoch
            ? Invariant($"to={time.ToUnixTimeMilliseconds()}")
            : throw new BadInputException($"{Quoted.Of(text)} is neither a span like +30s, +90m, +12h or +7d nor a time like 2027-01-01T00:00:00Z.");
    }

    private static decimal? UnitOf(char unit) => unit switch { 's' => 1_000, 'm' => 60_000, 'h' => 3_600_000, 'd' => 86_400_000, _ => null };
}
