using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>
/// How long a reader waits while full blocks are committed one after the other: with a connection of its own, as blocks are read, and
/// behind the one that writes, as records are.
/// </summary>
internal static class ReaderBench
{
    private const int Body = 1_200_000;
    private const int Undo = 600_000;
    private const int Content = 200_000;
    private const string Record = "as long as a block";

    public static void Run(StorageBench bench)
    {
        bench.Title("Reading 200 KB while full blocks are committed");
        int commits = bench.Times(60);
        var random = new Random(StorageBench.Seed);
        StoredBlock block = StorageBench.Block(random, 0, Content, 0);
        var record = new StoreBatch.Record(Record, StorageBench.Bytes(random, Content));
        using var store = SqliteChainStore.Open(bench.File("readers.db"));
        store.Commit(new StoreBatch { Connected = [block], Records = [record] });
        ulong height = 0;
        Race(bench, "a connection of its own", () => store.ReadBlock(block.Head.Id), Write);
        Race(bench, "behind the one that writes", () => store.ReadRecord(Record), Write);

        void Write()
        {
            for (int i = 0; i < commits; i++) store.Commit(new StoreBatch { Connected = [StorageBench.Block(random, ++height, Body, Undo)] });
        }
    }

    private static void Race(StorageBench bench, string name, Action read, Action write)
    {
        using var stop = new ManualResetEventSlim();
        List<double> times = [];
        var reader = new Thread(() =>
        {
            while (!stop.IsSet) times.AddRange(StorageBench.Time(1, _ => read()));
        });
        reader.Start();
        double[] whole = StorageBench.Time(1, _ => write());
        stop.Set();
        reader.Join();
        bench.Line($"{name,-30} writer {whole[0]:0} ms, reader {StorageBench.Describe([.. times])}");
    }
}
