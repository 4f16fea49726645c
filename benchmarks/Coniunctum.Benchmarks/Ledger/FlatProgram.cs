using System.Diagnostics;
using System.Globalization;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The quick mode <c>flat</c>: what a transfer costs, signature apart, when ten thousand, a hundred thousand, a million lie behind
/// it: decode, check, execute, roots, undo record, and one commit a block into a SQLite file.
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
            output.WriteLine($"{accounts} accounts, blocks of {TransfersABlock} transfers, seed {Seed}; medians over {Window} blocks, one core");
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
        GenesisBlock genesis = GenesisBlock.Create(chain.Profile);
        var state = new LedgerState(chain.Profile.Format.Traits, default);
        state.Apply(genesis.Delta);
        store.Commit(Batch(chain, genesis.Block, default));
        var costs = new Queue<double>();
        double first = 0;
        long mark = 10_000;
        for (long transfers = 0; mark <= most;)
        {
            ReadOnlyMemory<byte> encoded = chain.Next(TransfersABlock);
            long start = Stopwatch.GetTimestamp();
            Import(chain, encoded, state, store);
            costs.Enqueue(Stopwatch.GetElapsedTime(start).TotalMicroseconds / TransfersABlock);
            if (costs.Count > Window) costs.Dequeue();
            transfers += TransfersABlock;
            if (transfers < mark || costs.Count < Math.Min(Window, mark / TransfersABlock)) continue;

            double median = costs.Order().ElementAt(costs.Count / 2);
            if (first == 0) first = median;
            long bytes = new FileInfo(path).Length + new FileInfo(path + "-wal").Length;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {transfers,10:#,0} transfers  {median,7:0.00} us each [{costs.Min():0.00}–{costs.Max():0.00}]  {median / first:0.00} × the first  {bytes / transfers} bytes each on disk"));
            mark *= 10;
        }
    }

    private static void Import(TransferChain chain, ReadOnlyMemory<byte> encoded, LedgerState state, SqliteChainStore store)
    {
        HashedBlock.TryDecode(encoded, chain.Profile.Format, chain.Profile.Limits, chain.Genesis.Id, out HashedBlock? block);
        Verdict verdict = BlockRules.CheckBody(block!, chain.Profile);
        StateDelta? delta = null;
        var overlay = new StateOverlay(state);
        if (verdict.IsValid) verdict = BlockRules.Execute(block!, chain.Profile, overlay, Work.FromTarget(block!.Header.Target), out delta);
        if (!verdict.IsValid) throw new InvalidOperationException($"The workload is wrong: {verdict}.");
        state.Apply(overlay.Total());
        store.Commit(Batch(chain, block!, delta!.Encode()));
    }

    private static StoreBatch Batch(TransferChain chain, HashedBlock block, ReadOnlyMemory<byte> undo) => new()
    {
        Connected = [new StoredBlock(HeadCodec.Write(block, chain.Profile.Format, default, Work.From(block.Header.Height)), block.Encoded, undo)],
    };
}
