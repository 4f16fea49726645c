using System.Globalization;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>Makes a connection to a file one to a file of a kind: what it must be, how it is used, which tables it has.</summary>
internal static class FileSetup
{
    /// <summary>Looks at the file without changing it: an empty one, or one of this kind that this version understands.</summary>
    public static void Recognise(Database database, string path, FileKind kind)
    {
        if (!IsEmpty(database)) Require(database, path, kind);
    }

    /// <summary>Looks at a file that is only read.</summary>
    /// <returns>Whether it is one of this version; an older one must be brought up to date first.</returns>
    public static bool RecogniseToRead(Database database, string path, FileKind kind)
    {
        if (IsEmpty(database)) throw new LedgerFileException(LedgerFileFault.NoLedger, $"'{path}' is empty: no {kind.Name} was begun in it.");
        Require(database, path, kind);
        long version = VersionOf(database);
        RequireTables(database, path, kind, version);
        return version == kind.Version;
    }

    /// <summary>What can be chosen in a new file only. It is no one's yet, and made again after a crash: no journal is needed.</summary>
    public static void ConfigureNew(Database database, FileTuning tuning)
    {
        database.Execute(Invariant($"PRAGMA page_size = {tuning.PageBytes}"));

        // Free pages are used again, and given back to the disk in small steps on request. VACUUM would need room for a second
        // ledger, which whoever prunes for want of room does not have. Costs 2 % of what is written.
        database.Execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1");
    }

    public static void Configure(Database database, string path, FileKind kind, FileTuning tuning)
    {
        // Asked only: to set it again is to write, and opening writes nothing.
        Expect("auto_vacuum", "2");
        Require("journal_mode", "wal");

        // FULL: each commit is flushed before it returns. NORMAL keeps the file whole but may lose the newest commits.
        Require("synchronous", kind.FlushesEachCommit ? "2" : "1");

        // On macOS a plain fsync leaves the bytes in the drive's cache.
        Require("fullfsync", "1");
        Require("checkpoint_fullfsync", "1");

        // The WAL is moved into the file by MoveWal.
        Require("wal_autocheckpoint", "0");

        // In KiB, negative by SQLite's convention: inner pages of tables and of the look-up by identity.
        Require("cache_size", (-tuning.CacheBytes / 1024).ToString(CultureInfo.InvariantCulture));

        // A file that someone else made must not run code of theirs, and a page that makes no sense is named at once.
        Require("trusted_schema", "0");
        Require("cell_size_check", "1");

        // Reads through a mapping turn a disk's failure into the death of the process.
        Require("mmap_size", "0");

        // No file but the two: statement journals stay in memory.
        Require("temp_store", "2");
        if (tuning.MaxPages is { } pages) database.Execute(Invariant($"PRAGMA max_page_count = {pages}"));

        void Require(string pragma, string value)
        {
            database.Execute($"PRAGMA {pragma} = {value}");
            Expect(pragma, value);
        }

        void Expect(string pragma, string value)
        {
            string got = "";
            database.Query($"PRAGMA {pragma}", row => got = row.Text(0));
            if (!string.Equals(got, value, StringComparison.Ordinal))
                throw new LedgerFileException(LedgerFileFault.Failed, $"The {kind.Name} '{path}' cannot be used: SQLite's {pragma} stays {got} instead of {value}.");
        }
    }

    /// <summary>What matters where nothing is written.</summary>
    public static void ConfigureToRead(Database database, FileTuning tuning) => database.Execute(Invariant(
        $"PRAGMA cache_size = {-tuning.CacheBytes / 1024}; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0; PRAGMA temp_store = 2"));

    /// <summary>
    /// Brings an older file to this version's tables, and a new one. Where the WAL begins with it, what comes first there is the next
    /// mark.
    /// </summary>
    public static void Migrate(Database database, string path, FileKind kind, FileTuning tuning, bool beginsWal)
    {
        long version = VersionOf(database);
        if (version < kind.Version)
        {
            // One transaction: a crash on the way leaves the old version.
            database.Begin();
            if (beginsWal && FileMark.PageOf(database) is not null) new FileMark(database).Advance();
            database.Execute(Invariant($"PRAGMA application_id = {kind.ApplicationId}"));
            for (; version < kind.Version; version++)
            {
                FileStep step = kind.Steps[(int)version];
                database.Execute(step.Sql);
                step.Convert?.Invoke(database, tuning);
            }

            database.Execute(Invariant($"PRAGMA user_version = {kind.Version}"));
            database.Commit();
        }

        RequireTables(database, path, kind, kind.Version);
    }

    private static bool IsEmpty(Database database) =>
        database.Number("PRAGMA application_id") == 0 && VersionOf(database) == 0 && database.Number("SELECT count(*) FROM sqlite_schema") == 0;

    private static long VersionOf(Database database) => database.Number("PRAGMA user_version");

    private static void Require(Database database, string path, FileKind kind)
    {
        if (database.Number("PRAGMA application_id") != kind.ApplicationId)
            throw new LedgerFileException(LedgerFileFault.NoLedger, $"'{path}' is a SQLite file, but no {kind.Name}.");
        long version = VersionOf(database);
        if (version == 0)
            throw new LedgerFileException(LedgerFileFault.Damaged, $"The {kind.Name} '{path}' must be made anew.");
        if (version > kind.Version)
        {
            throw new LedgerFileException(
                LedgerFileFault.FutureVersion,
                Invariant($"The {kind.Name} '{path}' has version {version}; this program knows versions up to {kind.Version}. A newer program wrote it."));
        }
    }

    private static void RequireTables(Database database, string path, FileKind kind, long version)
    {
        if (SchemaOf(database).SequenceEqual(ExpectedSchema(kind, version), StringComparer.Ordinal)) return;
        throw new LedgerFileException(
            LedgerFileFault.Damaged, Invariant($"The {kind.Name} '{path}' does not have the tables of version {version}: it is damaged, or was changed."));
    }

    private static List<string> ExpectedSchema(FileKind kind, long version)
    {
        using var model = Database.InMemory();
        for (int step = 0; step < version; step++) model.Execute(kind.Steps[step].Sql);
        return SchemaOf(model);
    }

    private static List<string> SchemaOf(Database database)
    {
        List<string> schema = [];
        database.Query("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name", row => schema.Add(row.Text(0)));
        return schema;
    }
}
