using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coniunctum.Crypto.Internal;

/// <summary>The files of the operating system.</summary>
internal sealed partial class SystemDisk : IDisk
{
    // The same on Linux, macOS and the BSDs.
    private const int IoError = 5;
    private const int AlreadyThere = 17;
    private const int NoSpace = 28;
    private const int ReadOnlyFlag = 0;

    private SystemDisk()
    {
    }

    public static SystemDisk Instance { get; } = new();

    // Windows keeps names in its journal, and has no way to ask for more.
    private static bool IsPosix => !OperatingSystem.IsWindows() && !OperatingSystem.IsBrowser() && !OperatingSystem.IsWasi();

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(path, OwnersOnly());
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    public bool IsEmptyFile(string path)
    {
        // Devices have no length either. Only a plain file can be cut, which this one then is to what it has: nothing.
        if (new FileInfo(path) is not { Exists: true, Length: 0 }) return false;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return file is { CanSeek: true, Length: 0 } && (!IsPosix || Native.Cut(file.SafeFileHandle, 0) == 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public LinkOutcome Link(string path, string name)
    {
        if (!IsPosix) return Move(path, name);
        if (Native.Link(path, name) == 0) return LinkOutcome.Done;
        return Marshal.GetLastPInvokeError() == AlreadyThere ? LinkOutcome.Taken : LinkOutcome.Unsupported;
    }

    public void Rename(string path, string name) => File.Move(path, name, overwrite: true);

    public bool TryClaim(string path)
    {
        try
        {
            new FileStream(path, OwnersOnly()).Dispose();
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    public void Delete(string path) => File.Delete(path);

    public void MakeFolder(string path, bool isPrivate)
    {
        if (isPrivate && !OperatingSystem.IsWindows())
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        else
            Directory.CreateDirectory(path);
    }

    public void FlushFolder(string path)
    {
        if (!IsPosix) return;

        // A folder that may be written to but not read cannot be opened, and some file systems flush no folders: both keep
        // names as they keep them. A disk that fails is another matter.
        int folder = Native.Open(path, ReadOnlyFlag);
        if (folder < 0) return;
        try
        {
            if (Native.Flush(folder) == 0) return;
            int error = Marshal.GetLastPInvokeError();
            if (error is IoError or NoSpace) throw new IOException($"The folder '{PrintableText.Of(path)}' could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
        finally
        {
            _ = Native.Close(folder);
        }
    }

    /// <summary>On Windows renaming without replacing is one step.</summary>
    private static LinkOutcome Move(string path, string name)
    {
        try
        {
            File.Move(path, name, overwrite: false);
            return LinkOutcome.Done;
        }
        catch (IOException) when (Path.Exists(name))
        {
            return LinkOutcome.Taken;
        }
    }

    private static FileStreamOptions OwnersOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Link(string path, string name);

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        internal static partial int Flush(int descriptor);

        [LibraryImport("libc", EntryPoint = "ftruncate")]
        internal static partial int Cut(SafeFileHandle file, long length);

        [LibraryImport("libc", EntryPoint = "close")]
        internal static partial int Close(int descriptor);
    }
}
