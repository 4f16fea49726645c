using System.Globalization;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>Commits of small and of full blocks, against a plain file that is appended to and flushed.</summary>
internal static class CommitBench
{
    // One transfer; 5,000 transfers. Undo records are about half as long.
    private static readonly (string Name, int Body, int Undo, int Group, int Commits)[] s_sizes =
    [
        ("one transfer a block", 500, 250, 1, 1000),
        ("one transfer a block, 100 blocks a commit", 500, 250, 100, 100),
        ("5,000 transfers a block", 1_200_000, 600_000, 1, 60),
    ];

    public static void Run(StorageBench bench)
    {
        bench.Title("Commits that have reached the disk");
        foreach ((string name, int body, int undo, int group, int commits) in s_sizes)
        {
            int count = bench.Times(commits);
            var random = new Random(StorageBench.Seed);
            StoreBatch[][] work = [.. Enumerable.Range(0, Math.Min(count, 60)).Select(_ => Enumerable.Range(0, group)
                .Select(_ => new StoreBatch { Connected = [StorageBench.Block(random, 0, body, undo)] }).ToArray())];
            double megabytes = (double)group * (body + undo + 300) / 1e6;
            bench.Line($"{name}");
            Report(bench, "SQLite file", megabytes, CommitToStore(bench, work, count, out long fileBytes));
            Report(bench, "flushed plain file", megabytes, AppendToFile(bench, count, group * (body + undo + 300)));
            bench.Line($"  {(double)fileBytes / count / group,13:#,0} bytes of the file a block");
        }
    }

    private static double[] CommitToStore(StorageBench bench, StoreBatch[][] work, int count, out long fileBytes)
    {
        string path = bench.File(Invariant($"commits{work[0].Length}-{work[0][0].Size}.db"));
        double[] times;
        var random = new Random(StorageBench.Seed);
        using (var store = SqliteChainStore.Open(path))
        {
            ulong height = 0;
            times = StorageBench.Time(count, i =>
            {
                // The same bytes again, under new identities.
                StoreBatch[] batches = Array.ConvertAll(work[i % work.Length], batch => Renumber(batch, random, height++));
                store.Commit(batches);
            });
        }

        fileBytes = new FileInfo(path).Length;
        return times;
    }

    private static StoreBatch Renumber(StoreBatch batch, Random random, ulong height)
    {
        StoredBlock block = batch.Connected[0];
        return new StoreBatch { Connected = [block with { Head = StorageBench.Block(random, height, 0, 0).Head }] };
    }

    private static double[] AppendToFile(StorageBench bench, int count, int bytes)
    {
        byte[] content = StorageBench.Bytes(new Random(StorageBench.Seed), bytes);
        using var file = new FileStream(bench.File(Invariant($"plain-{bytes}")), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        return StorageBench.Time(count, _ =>
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        });
    }

    private static void Report(StorageBench bench, string name, double megabytes, double[] times)
    {
        string rate = (megabytes * times.Length * 1000 / times.Sum()).ToString("#,0", CultureInfo.InvariantCulture);
        bench.Line($"  {name,-20} {rate,7} MB/s {StorageBench.Describe(times)}");
    }
}
