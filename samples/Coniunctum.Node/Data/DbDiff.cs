using System.Globalization;
using System.Text.Json.Nodes;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>Says in what two ledgers differ: where their chains part, and which accounts and entries are others.</summary>
internal static class DbDiff
{
    private const int LooksAReport = 4096;

    public static async Task<int> RunAsync(string first, string second, ulong? height, int limit, OutcomeReporter reporter, CancellationToken cancellation)
    {
        if (RealPath.Of(LedgerFiles.Of(first)).Equals(RealPath.Of(LedgerFiles.Of(second)), StringComparison.Ordinal)) throw new BadInputException($"{Quoted.Of(first)} and {Quoted.Of(second)} are one file; expected two.");
        using Side before = await Side.OpenAsync(first, height, cancellation);
        using Side after = await Side.OpenAsync(second, height, cancellation);
        ulong common = Math.Min(before.Height, after.Height);
        ulong? parted = FirstDifference(before.Store, after.Store, common);
        var found = new Found(limit);
        await Task.Run(() => found.Take(before.State.DifferencesTo(after.State), cancellation), CancellationToken.None);
        bool isSame = parted is null && before.Height == after.Height && found.Count == 0;
        string chains = parted is { } at ? Invariant($"The chains part at height {at}")
            : before.Height == after.Height ? Invariant($"The chains are one up to height {common}")
            : Invariant($"The chains are one up to height {common}, where one of them ends");
        string prefix = before.Profile.AddressPrefix;
        IEnumerable<string> lines =
        [
            Invariant($"{chains}; compared at {before.Height} and {after.Height}."),
            .. found.Listed.Select(difference => Line(difference, prefix)),
            .. found.Count > found.Listed.Count ? [Invariant($"… and {found.Count - found.Listed.Count} more; --limit lists them.")] : Array.Empty<string>(),
            Invariant($"{found.Accounts} accounts and {found.Entries} entries differ; supply {before.State.Supply} and {after.State.Supply}."),
        ];
        var fields = new JsonObject
        {
            ["same"] = isSame,
            ["partsAt"] = parted,
            ["heights"] = new JsonArray(before.Height, after.Height),
            ["tips"] = new JsonArray(before.Tip.ToString(), after.Tip.ToString()),
            ["supplies"] = new JsonArray(Text(before.State.Supply), Text(after.State.Supply)),
            ["accounts"] = found.Accounts,
            ["entries"] = found.Entries,
            ["differences"] = new JsonArray([.. found.Listed.Select(difference => (JsonNode)Fields(difference, prefix))]),
        };
        return reporter.Conclude(string.Join(Environment.NewLine, lines), fields, isSame);
    }

    /// <summary>A block names the one before, so that what is the same at a height is the same below.</summary>
    private static ulong? FirstDifference(IChainReader first, IChainReader second, ulong last)
    {
        if (first.IdAt(last) == second.IdAt(last)) return null;
        (ulong low, ulong high) = (0, last);
        while (low < high)
        {
            ulong middle = low + ((high - low) / 2);
            if (first.IdAt(middle) == second.IdAt(middle)) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static string Line(StateDifference difference, string prefix) => difference switch
    {
        StateDifference.Account account => Invariant($"account {account.Owner.ToText(prefix)}  {account.Before} → {account.After}"),
        StateDifference.Entry entry => $"entry {entry.Application} {Hex(entry.Key)}  {Hex(entry.Before) ?? "nothing"} → {Hex(entry.After) ?? "nothing"}",
        _ => throw new ArgumentOutOfRangeException(nameof(difference)),
    };

    private static JsonObject Fields(StateDifference difference, string prefix) => difference switch
    {
        StateDifference.Account account => new JsonObject
        {
            ["account"] = account.Owner.ToText(prefix),
            ["before"] = Text(account.Before),
            ["after"] = Text(account.After),
        },
        StateDifference.Entry entry => new JsonObject
        {
            ["application"] = entry.Application.Value,
            ["key"] = Hex(entry.Key),
            ["before"] = Hex(entry.Before),
            ["after"] = Hex(entry.After),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(difference)),
    };

    private static string? Hex(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? null : Convert.ToHexStringLower(bytes.Span);

    private static string Text(ulong amount) => amount.ToString(CultureInfo.InvariantCulture);

    /// <summary>One of the two ledgers.</summary>
    private sealed record Side(SqliteChainStore Store, ChainProfile Profile, ulong Height, BlockId Tip, StateSnapshot State) : IDisposable
    {
        public static async Task<Side> OpenAsync(string path, ulong? height, CancellationToken cancellation)
        {
            SqliteChainStore store = LedgerFiles.OpenToRead(path);
            try
            {
                ChainProfile profile = ChainOfFile.ProfileOf(store);
                if (store.Tip is not { } tip) throw new BadInputException($"The ledger {Quoted.Of(path)} holds no block yet.");
                ulong at = height ?? tip.Height;
                if (store.IdAt(at) is not { } block) throw new BadInputException(Invariant($"The ledger {Quoted.Of(path)} has no block at height {at}: its chain ends at height {tip.Height}."));
                StateSnapshot state = await PrunedStates.ReadAsync(store, profile, at, cancellation)
                    ?? throw new BadInputException(Invariant($"The ledger {Quoted.Of(path)} has no state at height {at} any more: what leads to it was pruned."));
                return new Side(store, profile, at, block, state);
            }
            catch
            {
                store.Dispose();
                throw;
            }
        }

        public void Dispose() => Store.Dispose();
    }

    /// <summary>What differs: all of it counted, the first of it listed.</summary>
    private sealed class Found(int limit)
    {
        public List<StateDifference> Listed { get; } = [];

        public long Accounts { get; private set; }

        public long Entries { get; private set; }

        public long Count => Accounts + Entries;

        public void Take(IEnumerable<StateDifference> differences, CancellationToken cancellation)
        {
            foreach (StateDifference difference in differences)
            {
                if (Count % LooksAReport == 0) cancellation.ThrowIfCancellationRequested();
                if (difference is StateDifference.Account) Accounts++;
                else Entries++;
                if (Listed.Count < limit) Listed.Add(difference);
            }
        }
    }
}
