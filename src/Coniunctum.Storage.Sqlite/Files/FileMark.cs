using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// The mark by which a file says whether it is whole by itself, and by which it and its WAL know each other. It changes with the
/// first commit after each time that the WAL was emptied, to a number drawn at random beside the one before. So the mark that
/// is read through a WAL is the file's own or follows it, and another file's, or the same file's of another day, does not.
/// While a file is being written to its own mark says "open": a copy without the WAL then shows that it lacks something.
/// </summary>
internal sealed class FileMark
{
    /// <summary>The step of a file's version that brings the mark. Nothing in it means that there was none yet.</summary>
    public const string Step = """
        CREATE TABLE mark (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            id BLOB NOT NULL,
            previous BLOB NOT NULL,
            is_open INTEGER NOT NULL,
            checksum INTEGER NOT NULL);
        """;

    private const int IdBytes = 16;

    private readonly Database _database;
    private readonly Statement _draw;
    private readonly Statement _write;

    public FileMark(Database database)
    {
        _database = database;
        _draw = database.Prepare("SELECT randomblob(16)");
        _write = database.Prepare("INSERT OR REPLACE INTO mark (one, id, previous, is_open, checksum) VALUES (1, ?1, ?2, ?3, ?4)");
    }

    /// <summary>Whether the newest commit left the file open; a mark that is damaged has to be written anew, too.</summary>
    public bool IsOpen
    {
        get
        {
            try
            {
                return Read(_database) is { IsOpen: true };
            }
            catch (InvalidDataException)
            {
                return true;
            }
        }
    }

    /// <summary>Reads the mark; <c>null</c> where there is none, as in files of the versions before it.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="SqlException">It cannot be read.</exception>
    public static Value? Read(Database database)
    {
        if (PageOf(database) is null) return null;
        Value? found = null;
        database.Query("SELECT id, previous, is_open, checksum FROM mark", row =>
        {
            var value = new Value(Convert.ToHexStringLower(row.Bytes(0)), Convert.ToHexStringLower(row.Bytes(1)), row.Int64(2) != 0);
            if (row.UInt64(3) != Checksum(row.Bytes(0), row.Bytes(1), row.Int64(2))) throw new InvalidDataException("The file's mark is damaged.");
            found = value;
        });
        return found;
    }

    /// <summary>Returns the number of the page that holds the mark, or <c>null</c> in a file that has none.</summary>
    public static long? PageOf(Database database)
    {
        long page = database.Number("SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = 'mark'");
        return page > 0 ? page : null;
    }

    /// <summary>Draws the next mark, which says "open", into the transaction that is open.</summary>
    public void Advance()
    {
        // As SQLite draws the salts of its WAL. Nothing that a node computes depends on it.
        _draw.TryFirst(static row => row.Bytes(0).ToArray(), out byte[]? id);
        Write(id!, Known() is { } before ? Convert.FromHexString(before.Id) : new byte[IdBytes], isOpen: true);
    }

    /// <summary>Says "closed", in the transaction that is open.</summary>
    public void Close()
    {
        if (Known() is null) Advance();
        if (Known() is { } mark) Write(Convert.FromHexString(mark.Id), Convert.FromHexString(mark.Previous), isOpen: false);
    }

    private static ulong Checksum(ReadOnlySpan<byte> id, ReadOnlySpan<byte> previous, long isOpen)
    {
        var checksum = new RowChecksum(RowKind.Mark, 1);
        checksum.Add(id);
        checksum.Add(previous);
        checksum.Add(isOpen);
        return checksum.Value;
    }

    /// <summary>A mark that is damaged is as good as none.</summary>
    private Value? Known()
    {
        try
        {
            return Read(_database);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private void Write(byte[] id, byte[] previous, bool isOpen) =>
        _write.Bind(1, id).Bind(2, previous).Bind(3, isOpen ? 1 : 0).Bind(4, Checksum(id, previous, isOpen ? 1 : 0)).Execute();

    /// <summary>A mark.</summary>
    /// <param name="Id">Its number, in hexadecimal digits.</param>
    /// <param name="Previous">That of the mark before; zeros for none.</param>
    /// <param name="IsOpen">Whether the file is being written to, so that its WAL belongs to it.</param>
    internal sealed record Value(string Id, string Previous, bool IsOpen)
    {
        /// <summary>Whether this is a file's first mark.</summary>
        public bool IsFirst => Previous.All(digit => digit == '0');

        /// <summary>Whether this is another mark, or the one after it.</summary>
        public bool IsOrFollows(Value other) =>
            string.Equals(Id, other.Id, StringComparison.Ordinal) || string.Equals(Previous, other.Id, StringComparison.Ordinal);
    }
}
