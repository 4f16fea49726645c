
namespace Coniunctum.Crypto.Internal;

/// <summary>
/// The one way in which files are made: a crash at any moment leaves all of a file or nothing of it, and once a method has
/// returned, its name is as durable as its bytes. A new name lies in its folder, which is flushed by itself.
/// </summary>
public static class DurableFile
{
    /// <summary>The end of a temporary file's name; such a file is left behind only by a crash.</summary>
    public const string TemporaryExtension = ".tmp";

    /// <summary>
    /// Writes a small file that only its owner may read: into a temporary one beside it, to the disk, and then under its name. A
    /// link's target is what is replaced; a file of no bytes, which a crash may leave, does not block its name.
    /// </summary>
    /// <param name="path">Where to. Its folder must be there.</param>
    /// <param name="content">All of it.</param>
    /// <param name="replace">Whether a file that is there already is replaced.</param>
    /// <returns>Whether it was written; false when the name is taken.</returns>
    /// <exception cref="IOException">The disk is full, or the folder is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public static bool TryWrite(string path, ReadOnlySpan<byte> content, bool replace = false) =>
        TryWrite(SystemDisk.Instance, path, content, replace);

    /// <summary>
    /// Gives a file that was made and flushed under a temporary name its own one. A file of no bytes does not block it.
    /// </summary>
    /// <param name="temporary">The file, in the same folder; the name is gone when this returns true.</param>
    /// <param name="path">Its name.</param>
    /// <returns>Whether it has the name now; false when another file has it.</returns>
    /// <exception cref="IOException">The system refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public static bool TryName(string temporary, string path) => TryName(SystemDisk.Instance, temporary, path);

    /// <summary>Returns a name beside a file under which it can be made before it has its own.</summary>
    /// <param name="path">The file.</param>
    public static string TemporaryFor(string path) => Path.Combine(
        FolderOf(path), $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}{TemporaryExtension}");

    /// <summary>Makes a folder, and those above it that are missing; their names are durable when it returns.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="isPrivate">Whether only its owner may look into what is made.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made.</exception>
    public static void MakeFolder(string path, bool isPrivate = false) => MakeFolder(SystemDisk.Instance, path, isPrivate);

    /// <summary>Makes the name of a file durable that was made by other means: flushes the folder that holds it.</summary>
    /// <param name="path">The file, whose bytes were flushed before.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void FlushName(string path) => SystemDisk.Instance.FlushFolder(FolderOf(RealPath.Of(path)));

    internal static bool TryWrite(IDisk disk, string path, ReadOnlySpan<byte> content, bool replace)
    {
        // The name is what is taken, also by a link that leads nowhere.
        if (!replace && RealPath.IsLink(path)) return false;
        string target = RealPath.Of(path);
        if (!replace && File.Exists(target) && !disk.IsEmptyFile(target)) return false;
        string temporary = TemporaryFor(target);
        try
        {
            disk.Write(temporary, content);
            if (!replace) return TryName(disk, temporary, target);
            disk.Rename(temporary, target);
            disk.FlushFolder(FolderOf(target));
            return true;
        }
        finally
        {
            disk.Delete(temporary);
        }
    }

    internal static bool TryName(IDisk disk, string temporary, string path)
    {
        LinkOutcome outcome = disk.Link(temporary, path);
        if (outcome == LinkOutcome.Taken && TryFree(disk, path)) outcome = disk.Link(temporary, path);
        if (outcome == LinkOutcome.Unsupported) outcome = Claim(disk, temporary, path);
        if (outcome != LinkOutcome.Done) return false;
        disk.Delete(temporary);
        disk.FlushFolder(FolderOf(path));
        return true;
    }

    internal static void MakeFolder(IDisk disk, string path, bool isPrivate)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        List<string> missing = [];
        for (string? at = folder; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at)) missing.Add(at);
        disk.MakeFolder(folder, isPrivate);
        foreach (string made in missing) disk.FlushFolder(FolderOf(made));
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))
        ?? throw new IOException($"'{PrintableText.Of(path)}' is no file in a folder.");

    /// <summary>
    /// Takes a name from a file of no bytes. Between the look and the renaming another program may have put its file there: it
    /// gets its name back, since nothing is ever deleted that holds something.
    /// </summary>
    private static bool TryFree(IDisk disk, string path)
    {
        if (!disk.IsEmptyFile(path)) return false;
        string aside = TemporaryFor(path);
        disk.Rename(path, aside);
        bool isEmpty = disk.IsEmptyFile(aside);
        if (isEmpty || disk.Link(aside, path) == LinkOutcome.Done) disk.Delete(aside);
        return isEmpty;
    }

    /// <summary>
    /// Where a file cannot have two names (FAT, some network disks), renaming looks whether the name is taken and then renames, two
    /// steps between which another program may take it. There the name is claimed first, by an empty file, which only one can make.
    /// </summary>
    private static LinkOutcome Claim(IDisk disk, string temporary, string path)
    {
        if (!disk.TryClaim(path)) return LinkOutcome.Taken;
        try
        {
            disk.Rename(temporary, path);
            return LinkOutcome.Done;
        }
        catch
        {
            disk.Delete(path);
            throw;
        }
    }
}
