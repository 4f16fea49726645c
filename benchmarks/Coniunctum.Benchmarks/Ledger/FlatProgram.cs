using System.Diagnostics;
using System.Globalization;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The quick mode <c>flat</c>: what a transfer costs when ten thousand, a hundred thousand, … lie behind it: decode, check,
/// execute, roots, undo record, and one commit a block into a SQLite file. No one signs: what a signature costs does not depend
/// on the history.
/// </summary>
internal static class FlatProgram
{
    private const int Seed = 20260101;
    private const int TransfersABlock = 500;

    // So many blocks are looked at when a mark is reached.
    private const int Window = 100;

    public static int Run(string[] args, TextWriter output)
    {
        int most = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        int accounts = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
        using var chain = new TransferChain(Profiles.Standard, accounts, signed: false, Seed);
        string folder = Directory.CreateTempSubdirectory("coniunctum-flat").FullName;
        try
        {
            output.WriteLine(Invariant($"{accounts} accounts, blocks of {TransfersABlock} transfers, seed {Seed}; medians over {Window} blocks, one core, no signatures"));
            string path = Path.Combine(folder, "ledger.db");
            using SqliteChainStore store = SqliteChainStore.Open(path);
            Grow(chain, store, path, most, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Grow(TransferChain chain, SqliteChainStore store, string path, int most, TextWriter output)
    {
        store.Commit(ImportWork.BatchOf(chain, chain.Genesis, default));
        long bytesBefore = SizeOf(path);
        var costs = new Queue<(double State, double Commit)>();
        (double State, double All) first = default;
        long mark = 10_000;
        for (long transfers = 0; mark <= most;)
        {
            costs.Enqueue(Import(chain, chain.Prepare(TransfersABlock).Encoded, store));
            if (costs.Count > Window) costs.Dequeue();
            transfers += TransfersABlock;
            if (transfers < mark || costs.Count < Math.Min(Window, mark / TransfersABlock)) continue;

            double state = Median(costs.Select(cost => cost.State));
            double all = Median(costs.Select(cost => cost.State + cost.Commit));
            if (first == default) first = (state, all);
            long memory = GC.GetTotalMemory(forceFullCollection: true);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {transfers,10:#,0} transfers  {state,6:0.00} us each, {state / first.State:0.00} × the first; with the commit {all,6:0.00} us, {all / first.All:0.00} ×; {(double)(SizeOf(path) - bytesBefore) / transfers:0} bytes each on disk; {memory >> 20} MiB of memory"));
            output.Flush();
            mark *= 10;
        }
    }

    /// <summary>Returns what a transfer costs in microseconds: up to the new state, and its part of the commit.</summary>
    private static (double State, double Commit) Import(TransferChain chain, ReadOnlyMemory<byte> encoded, SqliteChainStore store)
    {
        long start = Stopwatch.GetTimestamp();
        HashedBlock.Decode(encoded, chain.Profile.Format, chain.Profile.Limits, chain.Genesis.Id, out HashedBlock? block);
        Verdict verdict = BlockRules.CheckBody(block!, chain.Profile);
        StateDelta? delta = null;
        var overlay = new StateOverlay(chain.State);
        if (verdict.IsValid) verdict = BlockRules.Execute(block!, chain.Profile, overlay, Work.FromTarget(block!.Header.Target), out delta);
        if (!verdict.IsValid) throw new InvalidOperationException($"The workload is wrong: {verdict}.");
        chain.Move(block!, overlay.Total());
        byte[] undo = delta!.Encode();
        long done = Stopwatch.GetTimestamp();
        store.Commit(ImportWork.BatchOf(chain, block!, undo));
        return (Stopwatch.GetElapsedTime(start, done).TotalMicroseconds / TransfersABlock, Stopwatch.GetElapsedTime(done).TotalMicroseconds / TransfersABlock);
    }

    private static long SizeOf(string path) => new FileInfo(path).Length + new FileInfo(path + "-wal").Length;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
