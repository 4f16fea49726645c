using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>What of a store's cost grows with its height: opening, finding a block, committing one more.</summary>
internal static class OpenBench
{
    private const int Group = 1000;
    private const int Samples = 2000;

    public static void Run(StorageBench bench)
    {
        bench.Title("A store by its height, with blocks of 400 bytes");
        string path = bench.File("open.db");
        var random = new Random(StorageBench.Seed);
        List<BlockId> ids = [];
        foreach (int heights in (int[])[bench.Times(10_000), bench.Times(100_000), bench.Times(1_000_000)])
        {
            using (var store = SqliteChainStore.Open(path))
            {
                while (ids.Count < heights)
                {
                    StoredBlock[] blocks = [.. Enumerable.Range(ids.Count, Group).Select(height => StorageBench.Block(random, (ulong)height, 400, 200))];
                    ids.AddRange(blocks.Select(block => block.Head.Id));
                    store.Commit(new StoreBatch { Connected = [.. blocks] });
                }
            }

            double[] opened = StorageBench.Time(5, _ => SqliteChainStore.Open(path).Dispose());
            using var again = SqliteChainStore.Open(path);
            double[] commit = StorageBench.Time(100, i => again.Commit(new StoreBatch { Connected = [StorageBench.Block(random, (ulong)(ids.Count + i), 400, 200)] }));
            double[] byId = StorageBench.Time(Samples, _ => again.FindHead(ids[random.Next(heights)]));
            double[] byHeight = StorageBench.Time(Samples, _ => again.IdAt((ulong)random.Next(heights)));
            bench.Line($"height {heights,9:#,0}: opened and closed in {opened.Order().ElementAt(2):0.0} ms; file {new FileInfo(path).Length / 1_000_000:#,0} MB");
            bench.Line($"  commit   {StorageBench.Describe(commit)}");
            bench.Line($"  by id    {StorageBench.Describe(byId)}");
            bench.Line($"  by height{StorageBench.Describe(byHeight)}");
        }
    }
}
