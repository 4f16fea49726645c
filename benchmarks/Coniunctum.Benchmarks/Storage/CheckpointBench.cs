using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>Writing the state of a million accounts and two million tags in slices, with small blocks between them.</summary>
internal static class CheckpointBench
{
    private const int SliceBytes = 256 * 1024;
    private const long StateBytes = (1_000_000L * 72) + (2_000_000L * 24);

    public static void Run(StorageBench bench)
    {
        int slices = (int)(StateBytes / SliceBytes);
        bench.Title(Invariant($"A checkpoint of {StateBytes / 1_000_000} MB in {slices} slices"));
        var random = new Random(StorageBench.Seed);
        using var store = SqliteChainStore.Open(bench.File("checkpoint.db"));
        StoredBlock block = StorageBench.Block(random, 0, 500, 0);
        store.Commit(new StoreBatch { Connected = [block] });
        byte[] content = StorageBench.Bytes(random, SliceBytes);
        for (int round = 0; round < 3; round++)
        {
            double[] times = StorageBench.Time(slices, i => store.Commit(new StoreBatch { Slice = new CheckpointSlice(block.Head.Id, 0, i, content, i == slices - 1) }));
            bench.Line($"round {round + 1}, {times.Sum() / 1000:0.00} s in all: {StorageBench.Describe(times)}, file {new FileInfo(store.Path).Length / 1_000_000} MB");
        }

        long bytes = 0;
        double[] read = StorageBench.Time(3, _ => bytes += store.ReadCheckpoint().Sum(slice => (long)slice.Length));
        bench.Line($"read back in {read.Min():0} ms, {bytes / 3_000 / read.Min():0} MB/s");
    }
}
