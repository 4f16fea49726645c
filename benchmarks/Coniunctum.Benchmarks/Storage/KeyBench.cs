using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;
using SQLitePCL;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>
/// The state kept as rows by key, changed with every block, against what the store does: append the block and its undo, and write
/// the whole state now and then. Blocks of 5,000 transfers, a million accounts.
/// </summary>
internal static class KeyBench
{
    private const int Accounts = 1_000_000;
    private const int Touched = 10_000;
    private const int Body = 1_200_000;
    private const int Undo = 600_000;

    public static void Run(StorageBench bench)
    {
        bench.Title("Blocks of 5,000 transfers between a million accounts");
        int blocks = bench.Times(30);
        double[] rows = RowsByKey(bench, blocks);
        bench.Line($"rows by key          {StorageBench.Describe(rows)}");
        double[] appended = Append(bench, blocks);
        bench.Line($"appended             {StorageBench.Describe(appended)}");
        bench.Line($"  {rows.Sum() / appended.Sum():0.0} × faster; a checkpoint every 1,000 blocks adds what 'storage checkpoint' says");
    }

    private static double[] Append(StorageBench bench, int blocks)
    {
        var random = new Random(StorageBench.Seed);
        using var store = SqliteChainStore.Open(bench.File("appended.db"));
        return StorageBench.Time(blocks, i => store.Commit(new StoreBatch { Connected = [StorageBench.Block(random, (ulong)i, Body, Undo)] }));
    }

    private static double[] RowsByKey(StorageBench bench, int blocks)
    {
        Batteries_V2.Init();
        var random = new Random(StorageBench.Seed);
        raw.sqlite3_open(bench.File("rows.db"), out sqlite3 database);
        using (database)
        {
            Execute(database, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536; PRAGMA synchronous = OFF");
            Execute(database, "CREATE TABLE accounts (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID; CREATE TABLE bodies (row INTEGER PRIMARY KEY, content BLOB)");
            raw.sqlite3_prepare_v2(database, "INSERT OR REPLACE INTO accounts (key, value) VALUES (?1, ?2)", out sqlite3_stmt write);
            raw.sqlite3_prepare_v2(database, "INSERT INTO bodies (content) VALUES (?1)", out sqlite3_stmt body);
            using (write)
            using (body)
            {
                byte[][] keys = [.. Enumerable.Range(0, Accounts).Select(_ => StorageBench.Bytes(random, 32)).OrderBy(key => key, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))];
                byte[] value = StorageBench.Bytes(random, 40);
                Execute(database, "BEGIN");
                foreach (byte[] key in keys) Put(write, key, value);
                Execute(database, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
                return StorageBench.Time(blocks, _ =>
                {
                    Execute(database, "BEGIN");
                    raw.sqlite3_bind_blob(body, 1, StorageBench.Bytes(random, Body + Undo));
                    raw.sqlite3_step(body);
                    raw.sqlite3_reset(body);
                    foreach (int account in Enumerable.Range(0, Touched).Select(_ => random.Next(Accounts)).Order()) Put(write, keys[account], value);
                    Execute(database, "COMMIT");
                });
            }
        }
    }

    private static void Put(sqlite3_stmt write, byte[] key, byte[] value)
    {
        raw.sqlite3_bind_blob(write, 1, key);
        raw.sqlite3_bind_blob(write, 2, value);
        if (raw.sqlite3_step(write) != raw.SQLITE_DONE) throw new InvalidOperationException("A row could not be written.");
        raw.sqlite3_reset(write);
    }

    private static void Execute(sqlite3 database, string sql)
    {
        if (raw.sqlite3_exec(database, sql) != raw.SQLITE_OK) throw new InvalidOperationException(raw.sqlite3_errmsg(database).utf8_to_string());
    }
}
