using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>2,000 heads, as one answer to a peer holds them: in one reading, and height by height.</summary>
internal static class HeadBench
{
    private const int Heads = 2000;
    private const int Group = 1000;

    public static void Run(StorageBench bench)
    {
        int heights = bench.Times(100_000);
        bench.Title(FormattableString.Invariant($"Reading {Heads} heads of a chain of {heights:#,0} blocks"));
        var random = new Random(StorageBench.Seed);
        using var store = SqliteChainStore.Open(bench.File("heads.db"));
        for (int height = 0; height < heights; height += Group)
        {
            int first = height;
            store.Commit(new StoreBatch { Connected = [.. Enumerable.Range(first, Group).Select(at => StorageBench.Block(random, (ulong)at, 400, 200))] });
        }

        List<double> inOne = [], oneByOne = [];
        for (int round = 0; round < 15; round++)
        {
            // Alternating, so that a busy machine slows both.
            ulong from = (ulong)random.Next(heights - Heads);
            inOne.AddRange(StorageBench.Time(3, _ => Check(store.ReadHeads(from, Heads).Length)));
            oneByOne.AddRange(StorageBench.Time(3, _ => Check(Enumerable.Range(0, Heads).Count(i => store.FindHead(store.IdAt(from + (ulong)i)!.Value) is not null))));
        }

        bench.Line($"in one reading   {StorageBench.Describe([.. inOne])}");
        bench.Line($"height by height {StorageBench.Describe([.. oneByOne])}");
        bench.Line($"ratio of medians {Median(oneByOne) / Median(inOne):0.0}");

        // The whole chain but one, from the height with the most peaks below it.
        ulong descendant = (1UL << System.Numerics.BitOperations.Log2((ulong)heights)) - 1;
        double[] proofs = StorageBench.Time(200, _ => HistoryProof.Create(store, descendant, (ulong)random.Next((int)descendant), out BlockId _, out Work _));
        bench.Line($"proof of ancestry at {descendant:#,0} blocks {StorageBench.Describe(proofs)}");
        StoreStatistics.Table summits = store.Measure().Tables.Single(table => table.Kind == RowKind.Summits);
        bench.Line($"kept for it: {summits.Rows:#,0} rows, {(double)summits.Bytes / heights:0.0} bytes a block without what SQLite adds");

        static void Check(int found)
        {
            if (found != Heads) throw new InvalidOperationException(FormattableString.Invariant($"{found} heads instead of {Heads}."));
        }
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
