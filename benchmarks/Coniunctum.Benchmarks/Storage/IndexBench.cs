using System.Collections.Immutable;
using System.Diagnostics;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Storage.Sqlite;
using SQLitePCL;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>
/// Taking transactions into the index and asking it, by the size of the history; and what plain SQLite indices do with the same
/// keys, sorted by the batch.
/// </summary>
internal static class IndexBench
{
    private const int PerBlock = 5_000;
    private const int Addresses = 1_000_000;
    private const int Batch = 50_000;

    public static void Run(StorageBench bench)
    {
        int last = bench.Times(10_000_000);
        bench.Title($"The index, {PerBlock} transfers a block between a million addresses");
        Ours(bench, last);
        bench.Title("The same keys in plain tables of SQLite, 50,000 transactions a commit, sorted");
        Plain(bench, bench.Times(3_000_000));
    }

    private static void Ours(StorageBench bench, int last)
    {
        var maker = new BlockMaker();
        var index = SqliteChainIndex.Open(bench.File("x.index.db"), default);
        int taken = 0;
        foreach (int target in (int[])[last / 100, last / 10, last / 2, last])
        {
            TimeSpan time = default;
            TimeSpan processor = default;
            int before = taken;
            double worst = 0;
            for (; taken < target; taken += PerBlock)
            {
                HashedBlock block = maker.Next(PerBlock);
                long start = Stopwatch.GetTimestamp();
                TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
                index.Connect(block);
                processor += Process.GetCurrentProcess().TotalProcessorTime - cpu;
                TimeSpan one = Stopwatch.GetElapsedTime(start);
                time += one;
                worst = Math.Max(worst, one.TotalMilliseconds);
            }

            bench.Line($"to {taken,10:#,0}: {(taken - before) / time.TotalSeconds,9:#,0} transactions/s ({(taken - before) / processor.TotalSeconds:#,0} a processor's second), worst block {worst:0} ms");
            Ask(bench, index, maker);
        }

        string path = index.Path;
        index.Dispose();
        double[] opened = StorageBench.Time(3, _ => SqliteChainIndex.Open(path, default).Dispose());
        bench.Line($"opened and closed in {opened.Order().ElementAt(1):0} ms; {(double)new FileInfo(path).Length / taken:0} bytes a transaction");
    }

    private static void Ask(StorageBench bench, SqliteChainIndex index, BlockMaker maker)
    {
        double[] byId = StorageBench.Time(500, _ =>
        {
            if (index.Find(maker.SomeId()) is null) throw new InvalidOperationException("A transaction is missing.");
        });
        double[] pages = StorageBench.Time(500, _ => index.ReadHistory(maker.SomeAddress(), 50));
        double[] busy = StorageBench.Time(500, _ => index.ReadHistory(maker.Busy, 50));
        bench.Line($"  transaction by id        {StorageBench.Describe(byId)}");
        bench.Line($"  newest 50 of an address  {StorageBench.Describe(pages)}");
        bench.Line($"  … of the busiest         {StorageBench.Describe(busy)}");
    }

    private static void Plain(StorageBench bench, int last)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(bench.File("plain.db"), out sqlite3 database);
        using (database)
        {
            Execute(database, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536");
            Execute(database, "CREATE TABLE ids (k INTEGER, n INTEGER, PRIMARY KEY (k, n)) WITHOUT ROWID; CREATE TABLE owners (k INTEGER, n INTEGER, PRIMARY KEY (k, n)) WITHOUT ROWID");
            raw.sqlite3_prepare_v2(database, "INSERT INTO ids VALUES (?1, ?2)", out sqlite3_stmt ids);
            raw.sqlite3_prepare_v2(database, "INSERT INTO owners VALUES (?1, ?2)", out sqlite3_stmt owners);
            using (ids)
            using (owners) PlainRows(bench, last, database, ids, owners);
        }
    }

    private static void PlainRows(StorageBench bench, int last, sqlite3 database, sqlite3_stmt ids, sqlite3_stmt owners)
    {
        var random = new Random(StorageBench.Seed);
        long number = 0;
        foreach (int target in (int[])[last / 10, last / 3, last])
        {
            long before = number;
            long start = Stopwatch.GetTimestamp();
            while (number < target)
            {
                (long Key, long Number)[] byId = [.. Enumerable.Range(0, Batch).Select(i => (random.NextInt64(long.MinValue, long.MaxValue), number + i)).Order()];
                (long Key, long Number)[] byOwner = [.. Enumerable.Range(0, 2 * Batch).Select(i => ((long)XxHash64.Compute([], (ulong)random.Next(Addresses)), ((number + (i / 2)) * 2) + (i % 2))).Order()];
                Execute(database, "BEGIN");
                foreach ((long key, long row) in byId) Put(ids, key, row);
                foreach ((long key, long row) in byOwner) Put(owners, key, row);
                Execute(database, "COMMIT");
                number += Batch;
            }

            bench.Line($"to {number,10:#,0}: {(number - before) / Stopwatch.GetElapsedTime(start).TotalSeconds,9:#,0} transactions/s");
        }
    }

    private static void Put(sqlite3_stmt insert, long key, long number)
    {
        raw.sqlite3_bind_int64(insert, 1, key);
        raw.sqlite3_bind_int64(insert, 2, number);
        if (raw.sqlite3_step(insert) != raw.SQLITE_DONE) throw new InvalidOperationException("A row could not be written.");
        raw.sqlite3_reset(insert);
    }

    private static void Execute(sqlite3 database, string sql)
    {
        if (raw.sqlite3_exec(database, sql) != raw.SQLITE_OK) throw new InvalidOperationException(raw.sqlite3_errmsg(database).utf8_to_string());
    }

    /// <summary>Makes blocks that follow each other and are nothing else.</summary>
    private sealed class BlockMaker
    {
        private readonly Random _random = new(StorageBench.Seed);
        private readonly List<TransactionId> _ids = [];
        private HashedBlock? _last;

        public Address Busy { get; } = AddressOf(0);

        public TransactionId SomeId() => _ids[_random.Next(_ids.Count)];

        public Address SomeAddress() => AddressOf(_random.Next(Addresses));

        public HashedBlock Next(int transactions)
        {
            ImmutableArray<Transaction> list = [.. Enumerable.Range(0, transactions).Select(i => new Transaction
            {
                Tag = new TransactionTag(new Hash256(StorageBench.Bytes(_random, Hash256.Size))),
                Sender = i == 0 ? Busy : SomeAddress(),
                Receiver = SomeAddress(),
                Amount = (ulong)i,
                Signature = new byte[65],
            })];
            var header = new BlockHeader
            {
                Height = _last is null ? 0 : _last.Header.Height + 1,
                Nonce = 0,
                Previous = _last?.Id ?? default,
                MerkleRoot = default,
                Target = default,
            };
            _last = HashedBlock.Create(new Block { Header = header, Transactions = list }, Profiles.Standard.Format, default);
            for (int i = 0; i < transactions; i += 50) _ids.Add(_last.Transactions[i].Id);
            return _last;
        }

        private static Address AddressOf(int number)
        {
            Span<ulong> words = stackalloc ulong[4];
            for (int i = 0; i < words.Length; i++) words[i] = XxHash64.Compute([], ((ulong)number * 4) + (ulong)i);
            return new Address(new Hash256(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words)));
        }
    }
}
