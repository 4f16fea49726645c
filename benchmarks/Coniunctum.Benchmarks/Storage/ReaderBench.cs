using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;
using SQLitePCL;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>
/// How long a reader waits while full blocks are committed one after the other: behind the store's one connection, and with a
/// connection of its own, which would give up the lock that keeps others out.
/// </summary>
internal static class ReaderBench
{
    private const int Body = 1_200_000;
    private const int Undo = 600_000;

    public static void Run(StorageBench bench)
    {
        bench.Title("Reading 200 KB blocks while full blocks are committed");
        int commits = bench.Times(60);
        using (var store = SqliteChainStore.Open(bench.File("one.db")))
        {
            var random = new Random(StorageBench.Seed);
            StoredBlock block = StorageBench.Block(random, 0, 200_000, 0);
            store.Commit(new StoreBatch { Connected = [block] });
            Race(bench, "one connection behind a lock", () => store.ReadBlock(block.Head.Id), () =>
            {
                for (int i = 1; i <= commits; i++) store.Commit(new StoreBatch { Connected = [StorageBench.Block(random, (ulong)i, Body, Undo)] });
            });
        }

        using var writer = Connection.Open(bench.File("two.db"));
        writer.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bodies (row INTEGER PRIMARY KEY, content BLOB)");
        writer.Insert(0, new byte[200_000]);
        using var reader = Connection.Open(bench.File("two.db"));
        Race(bench, "a connection of its own", () => reader.Read(0), () =>
        {
            var random = new Random(StorageBench.Seed);
            for (int i = 1; i <= commits; i++) writer.Insert(i, StorageBench.Bytes(random, Body + Undo));
        });
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

    /// <summary>A plain connection, as a second reader would have.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly sqlite3 _database;

        private Connection(sqlite3 database) => _database = database;

        public static Connection Open(string path)
        {
            Batteries_V2.Init();
            raw.sqlite3_open(path, out sqlite3 database);
            return new Connection(database);
        }

        public void Execute(string sql) => Check(raw.sqlite3_exec(_database, sql));

        public void Insert(long row, byte[] content)
        {
            Check(raw.sqlite3_prepare_v2(_database, "INSERT INTO bodies (row, content) VALUES (?1, ?2)", out sqlite3_stmt insert));
            using (insert)
            {
                Check(raw.sqlite3_bind_int64(insert, 1, row));
                Check(raw.sqlite3_bind_blob(insert, 2, content));
                Check(raw.sqlite3_step(insert));
            }
        }

        public byte[] Read(long row)
        {
            Check(raw.sqlite3_prepare_v2(_database, "SELECT content FROM bodies WHERE row = ?1", out sqlite3_stmt select));
            using (select)
            {
                Check(raw.sqlite3_bind_int64(select, 1, row));
                Check(raw.sqlite3_step(select));
                return raw.sqlite3_column_blob(select, 0).ToArray();
            }
        }

        public void Dispose() => _database.Dispose();

        private void Check(int code)
        {
            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
                throw new InvalidOperationException(raw.sqlite3_errmsg(_database).utf8_to_string());
        }
    }
}
