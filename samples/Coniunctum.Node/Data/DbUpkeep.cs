using System.Globalization;
using System.Text.Json.Nodes;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Storage.Sqlite.Verification;

namespace Coniunctum.Node.Data;

/// <summary>Measures, verifies and prunes a ledger's file.</summary>
internal static class DbUpkeep
{
    public static int Stats(string data, OutcomeReporter reporter, CancellationToken cancellation)
    {
        using SqliteChainStore store = LedgerFiles.OpenToRead(data);
        cancellation.ThrowIfCancellationRequested();
        StoreStatistics found = store.Measure();
        var lines = new List<string>
        {
            Line("file", Invariant($"{found.FileBytes} bytes, of them {found.FreeBytes} free")),
            Line("tip", found.Tip is { } tip ? $"height {tip.Height}, {tip.Id}" : "no block yet"),
            Line("checkpoint", found.Checkpoint is { } checkpoint ? $"height {checkpoint.Height}" : "none yet"),
        };
        if (found.BodiesPrunedBelow > 0) lines.Add(Line("pruned", $"bodies below height {found.BodiesPrunedBelow}"));
        lines.AddRange(found.Tables.Select(table => Line(table.Kind.ToString().ToLowerInvariant(), Invariant($"{table.Rows} rows, {table.Bytes} bytes"))));
        var tables = new JsonObject();
        foreach (StoreStatistics.Table table in found.Tables)
            tables[table.Kind.ToString().ToLowerInvariant()] = new JsonObject { ["rows"] = table.Rows, ["bytes"] = table.Bytes };
        return reporter.Conclude(string.Join(Environment.NewLine, lines), new JsonObject
        {
            ["path"] = store.Path,
            ["height"] = found.Tip?.Height,
            ["tip"] = found.Tip?.Id.ToString(),
            ["checkpoint"] = found.Checkpoint?.Height,
            ["bodiesPrunedBelow"] = found.BodiesPrunedBelow,
            ["undoPrunedBelow"] = found.UndoPrunedBelow,
            ["fileBytes"] = found.FileBytes,
            ["freeBytes"] = found.FreeBytes,
            ["tables"] = tables,
        });
    }

    public static async Task<int> VerifyAsync(string data, bool repair, string? against, OutcomeReporter reporter, CancellationToken cancellation)
    {
        // Before the work whose outcome it would spoil.
        if (against is not null && !Path.Exists(against)) throw new BadInputException($"There is no file {Quoted.Of(against)}.");
        StoreReport report = StoreVerification.Run(
            LedgerFiles.Of(data), new StoreCheck { Profile = ProfileOf(data), Repair = repair }, reporter.Progress, cancellation);
        string text = report.IsValid
            ? Invariant($"{report.Rows} rows are what was written, up to height {report.Tip?.ToString(CultureInfo.InvariantCulture) ?? "none"}.")
            : string.Join(Environment.NewLine, report.Damages.Select(damage => damage.ToString())
                .Append(Invariant($"{report.DamageCount} of {report.Rows} rows are damaged{(report.IsRepaired ? "; what could be repaired was" : "")}.")));
        // What is damaged may not be read to its end.
        DbDigest.Outcome? compared = against is not null && report.IsValid ? await DbDigest.CompareAsync(data, against, reporter, cancellation) : null;
        return reporter.Conclude(
            compared is null ? text : $"{text}{Environment.NewLine}{compared.Text}",
            new JsonObject
            {
                ["against"] = against,
                ["same"] = compared is null ? null : compared.FirstDifference is null,
                ["firstDifference"] = compared?.FirstDifference,
                ["rows"] = report.Rows,
                ["height"] = report.Tip,
                ["checkpoint"] = report.Checkpoint?.Height,
                ["damaged"] = report.DamageCount,
                ["repaired"] = report.IsRepaired,
                ["damages"] = new JsonArray([.. report.Damages.Select(damage => (JsonNode)new JsonObject
                {
                    ["kind"] = damage.Kind.ToString(),
                    ["height"] = damage.Height,
                    ["detail"] = damage.Detail,
                    ["remedy"] = damage.Remedy.ToString(),
                })]),
            },
            report.IsValid && compared?.FirstDifference is null);
    }

    public static int Prune(string data, ulong keep, OutcomeReporter reporter, CancellationToken cancellation)
    {
        using SqliteChainStore store = LedgerFiles.OpenExisting(data);
        if (store.Tip is not { } tip) throw new BadInputException($"The ledger {Quoted.Of(data)} holds no block yet.");
        ulong below = Math.Min(tip.Height + 1 - Math.Min(keep, tip.Height + 1), SoundCheckpoint(store, cancellation));
        long before = store.Measure().FileBytes;
        if (below > 0)
        {
            store.Commit(new StoreBatch { PruneBodiesBelow = below, PruneUndoBelow = below });
            store.Shrink(reporter.Progress, cancellation);
        }

        long after = store.Measure().FileBytes;
        return reporter.Conclude(
            below > 0
                ? Invariant($"Bodies below height {below} are deleted; the file has {after} bytes, {before} before.")
                : "There is nothing to delete: the last blocks stay, and all that no checkpoint of the balances covers.",
            new JsonObject { ["below"] = below, ["bytesBefore"] = before, ["bytes"] = after });
    }

    /// <summary>
    /// The height of the checkpoint, 0 without one: below it nothing is needed, as long as it is part of the best chain and can
    /// be read.
    /// </summary>
    private static ulong SoundCheckpoint(SqliteChainStore store, CancellationToken cancellation)
    {
        if (store.Checkpoint is not { } checkpoint || store.IdAt(checkpoint.Height) != checkpoint.Id) return 0;
        foreach (ReadOnlyMemory<byte> _ in store.ReadCheckpoint()) cancellation.ThrowIfCancellationRequested();
        return checkpoint.Height;
    }

    /// <summary>The rules of the chain, where what says them can be read.</summary>
    private static ChainProfile? ProfileOf(string data)
    {
        try
        {
            using SqliteChainStore store = LedgerFiles.OpenToRead(data);
            return ProfileOf(store);
        }
        catch (LedgerFileException)
        {
            // The verification meets the same, and may repair it.
            return null;
        }
    }

    private static ChainProfile? ProfileOf(SqliteChainStore store)
    {
        try
        {
            return ChainOfFile.ProfileOf(store);
        }
        catch (Exception exception) when (exception is BadInputException or InvalidDataException)
        {
            return null;
        }
    }

    private static string Line(string name, string text) => $"{name,-12}{text}";
}
