using System.Buffers.Binary;
using Coniunctum.Storage.Sqlite.Sql;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// What lies on the disk before SQLite has looked at it: the file alone, and its WAL. SQLite takes whatever it finds for parts of
/// one whole; here it is seen whether they are (<see cref="FileMark"/>).
/// </summary>
internal sealed class FileParts
{
    private const int HeaderBytes = 100;
    private const byte WalMode = 2;

    private readonly string _path;
    private readonly FileKind _kind;
    private readonly Header _header;
    private readonly FileMark.Value? _mark;
    private readonly bool _isMarkReadable;
    private readonly IReadOnlySet<uint>? _firstCommit;

    private FileParts(string path, FileKind kind, Header header, FileMark.Value? mark, bool isMarkReadable, IReadOnlySet<uint>? firstCommit)
    {
        _path = path;
        _kind = kind;
        _header = header;
        _mark = mark;
        _isMarkReadable = isMarkReadable;
        _firstCommit = firstCommit;
    }

    /// <summary>Whether the file was left open and the WAL that belongs to it is not there.</summary>
    public bool IsWalMissing { get; private init; }

    /// <summary>Whether the WAL holds a commit.</summary>
    public bool HasCommits => _firstCommit is not null;

    /// <summary>Looks at the parts of a file that is locked. Nothing is written.</summary>
    public static FileParts Look(string path, FileKind kind, FileLock held)
    {
        FileMark.Value? mark = null;
        bool isReadable = true, isEmpty = false;
        try
        {
            using var alone = Database.OpenImmutable(path, held.Vfs);
            mark = FileMark.Read(alone);
            isEmpty = alone.Number("PRAGMA application_id") == 0 && alone.Number("SELECT count(*) FROM sqlite_schema") == 0;
        }
        catch (Exception exception) when (exception is SqlException or InvalidDataException)
        {
            // A power cut while the WAL was moved: all that was being written lies in the WAL. Or it is no ledger at all.
            isReadable = false;
        }

        Header header = Header.Read(held);
        bool hasWal = File.Exists(LedgerFile.WalOf(path));

        // Before there were marks a file that was killed early held one page, and everything else lay in the WAL.
        bool isLeftOpen = mark?.IsOpen ?? (isEmpty && header.IsInWalMode);
        return new FileParts(path, kind, header, mark, isReadable, WalScan.PagesOfFirstCommit(LedgerFile.WalOf(path)))
        {
            IsWalMissing = isLeftOpen && !hasWal,
        };
    }

    /// <summary>Refuses a file that lacks something, before anything is opened that would begin a new one in its place.</summary>
    /// <exception cref="LedgerFileException">It lacks something.</exception>
    public void ThrowIfIncomplete()
    {
        if (IsWalMissing)
        {
            throw new LedgerFileException(
                LedgerFileFault.MissingPart,
                $"The {_kind.Name} '{_path}' was not closed cleanly, and its -wal is missing: '{LedgerFile.WalOf(_path)}' holds what was committed last. Copy both together, or the {_kind.Name} alone after it was closed.");
        }

        // The WAL may hold the end that the file has not got yet.
        if (_firstCommit is null && _header.ExpectedBytes > _header.Bytes)
        {
            throw new LedgerFileException(
                LedgerFileFault.Damaged, Invariant($"The {_kind.Name} '{_path}' is cut off: it has {_header.Bytes} of {_header.ExpectedBytes} bytes."));
        }
    }

    /// <summary>Refuses a WAL that is another file's, or the same file's of another day, before anything is moved out of it.</summary>
    /// <param name="whole">What SQLite makes of file and WAL together.</param>
    /// <exception cref="LedgerFileException">They do not belong together.</exception>
    public void ThrowIfForeign(Database whole)
    {
        if (_firstCommit is null || Belongs(whole)) return;
        throw new LedgerFileException(
            LedgerFileFault.ForeignPart,
            $"'{LedgerFile.WalOf(_path)}' does not belong to the {_kind.Name} '{_path}': it is another file's, or one of the two is older than the other. Put the one there that was beside it, or move this one away.");
    }

    private bool Belongs(Database whole)
    {
        try
        {
            FileMark.Value? seen = FileMark.Read(whole);
            if (!_isMarkReadable) return true;

            // A file of a version before: its WAL may bring the first mark, and knows of no other.
            if (_mark is null) return seen is null or { IsFirst: true };
            return seen is not null
                && seen.IsOrFollows(_mark)
                && FileMark.PageOf(whole) is { } page && _firstCommit!.Contains((uint)page);
        }
        catch (Exception exception) when (exception is InvalidDataException or SqlException { Code: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR })
        {
            return false;
        }
    }

    /// <summary>The beginning of a SQLite file (sqlite.org/fileformat.html, 1.3).</summary>
    /// <param name="Bytes">The file's length.</param>
    /// <param name="ExpectedBytes">What it should be at least, as far as the file says that.</param>
    /// <param name="IsInWalMode">Whether it is written to by way of a WAL.</param>
    private readonly record struct Header(long Bytes, long ExpectedBytes, bool IsInWalMode)
    {
        public static Header Read(FileLock held)
        {
            byte[] header = new byte[HeaderBytes];
            (int read, long bytes) = held.ReadStart(header);
            if (read < header.Length || !header.AsSpan().StartsWith("SQLite format 3\0"u8)) return new Header(bytes, 0, IsInWalMode: false);
            int page = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16));
            if (page == 1) page = 65_536;

            // The number of pages holds where it was written with the last change.
            bool isValid = header.AsSpan(24, 4).SequenceEqual(header.AsSpan(92, 4));
            uint pages = isValid ? BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(28)) : 0;
            return new Header(bytes, pages * (long)page, header[18] == WalMode);
        }
    }
}
