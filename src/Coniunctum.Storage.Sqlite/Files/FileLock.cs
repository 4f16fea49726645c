using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// The lock on a file. SQLite's own ones belong to the process on POSIX systems, and fall when any descriptor of the file is
/// closed in it: <c>File.ReadAllBytes</c> is enough. On Linux the lock is therefore this one, of a descriptor that no one else
/// has, over the bytes by which SQLite begins every lock, so that other SQLite programs meet it too. SQLite is then told that the
/// file is this process's ("unix-excl"): its connections to it share the WAL's index in memory, and it locks the other bytes, those
/// of readers. Windows' locks belong to a descriptor anyway. Elsewhere, and where a file system knows no such locks, SQLite's have to
/// do. There, as on Windows, one connection has the file for itself.
/// </summary>
internal sealed partial class FileLock : IDisposable
{
    // SQLite's names for its ways to the file system (sqlite.org/vfs.html).
    private const string OfTheProcess = "unix-excl";
    private const string WithoutLocks = "unix-none";

    // sqlite3.c, "PENDING_BYTE": one byte for those who wait, which every reader passes, one for the writer to come, 510 that readers share.
    private const long FirstByte = 0x4000_0000;
    private const long BytesToBegin = 2;
    private const long AllBytes = 512;

    private readonly FileStream? _file;

    private FileLock(FileStream? file, string? vfs) => (_file, Vfs) = (file, vfs);

    /// <summary>Which of SQLite's ways to the file system goes with the lock; <c>null</c> for its own.</summary>
    public string? Vfs { get; }

    /// <summary>Whether several connections of this process may have the file open.</summary>
    public bool AllowsReaders => string.Equals(Vfs, OfTheProcess, StringComparison.Ordinal);

    /// <summary>Takes the lock of a file that is there; <c>null</c> when another opener has it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isExclusive">Whether no one else may have it; otherwise others may read as well.</param>
    public static FileLock? TryTake(string path, bool isExclusive)
    {
        if (OperatingSystem.IsWindows()) return TryTakeOnWindows(path, isExclusive);
        if (!(OperatingSystem.IsLinux() || OperatingSystem.IsAndroid()) || !Environment.Is64BitProcess) return new FileLock(null, null);
        if (TryOpen(path, isExclusive) is not { } file) return new FileLock(null, null);
        Range range = isExclusive ? new Range(Range.ToWrite, FirstByte, BytesToBegin) : new Range(Range.ToRead, FirstByte, AllBytes);
        if (Native.Control(file.SafeFileHandle, Native.SetLockOfDescriptor, ref range) == 0) return new FileLock(file, isExclusive ? OfTheProcess : WithoutLocks);
        bool isTaken = Marshal.GetLastPInvokeError() is Native.TryAgain or Native.NoAccess;
        file.Dispose();
        return isTaken ? null : new FileLock(null, null);
    }

    /// <summary>
    /// Reads the file's first bytes by the lock's own descriptor: to open another one and to close it is what SQLite's locks do
    /// not survive. Where there is none, nothing is read.
    /// </summary>
    /// <returns>How many were read, and the file's length.</returns>
    public (int Read, long Length) ReadStart(Span<byte> bytes) =>
        _file is null ? (0, 0) : (RandomAccess.Read(_file.SafeFileHandle, bytes, 0), _file.Length);

    public void Dispose() => _file?.Dispose();

    /// <summary>Opens the file for the lock; <c>null</c> where that is not permitted, which SQLite then says with its own words.</summary>
    private static FileStream? TryOpen(string path, bool isExclusive)
    {
        try
        {
            FileAccess access = isExclusive ? FileAccess.ReadWrite : FileAccess.Read;
            return new FileStream(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>There SQLite's own lock keeps two writers apart; a reader keeps writers out by what it shares.</summary>
    private static FileLock? TryTakeOnWindows(string path, bool isExclusive)
    {
        try
        {
            FileShare share = isExclusive ? FileShare.ReadWrite | FileShare.Delete : FileShare.Read;
            return new FileLock(new FileStream(path, FileMode.Open, FileAccess.Read, share, bufferSize: 0), null);
        }
        catch (UnauthorizedAccessException)
        {
            return new FileLock(null, null);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>struct flock of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Range(short type, long start, long length)
    {
        public const short ToRead = 0;
        public const short ToWrite = 1;

        private readonly short _type = type;
        private readonly short _whence;
        private readonly long _start = start;
        private readonly long _length = length;
        private readonly int _process;
    }

    private static partial class Native
    {
        /// <summary>F_OFD_SETLK (fcntl(2), "Open file description locks").</summary>
        public const int SetLockOfDescriptor = 37;

        public const int TryAgain = 11;
        public const int NoAccess = 13;

        [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
        internal static partial int Control(SafeFileHandle file, int command, ref Range range);
    }
}
