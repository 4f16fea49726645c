namespace Coniunctum.Crypto.Keys;

/// <summary>Writes small files wholly or not at all, for their owner's eyes only.</summary>
internal static class AtomicFile
{
    /// <summary>The end of a temporary file's name; such a file is left behind only by a crash.</summary>
    public const string TemporaryExtension = ".tmp";

    /// <summary>Writes a file; false when one is there already and must not be replaced.</summary>
    public static bool TryWrite(string path, ReadOnlySpan<byte> content, bool replace)
    {
        string target = Path.GetFullPath(path);
        if (!replace && File.Exists(target)) return false;
        string temporary = Path.Combine(
            Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}{TemporaryExtension}");
        try
        {
            using (var stream = new FileStream(temporary, OwnersOnly(FileMode.CreateNew)))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            // Moving checks whether the name is taken and then moves, two steps between which another program may take it. So the
            // name is claimed first, by an empty file, which only one can make.
            if (!replace && !TryClaim(target)) return false;
            Move(temporary, target, isClaimed: !replace);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Move(string temporary, string target, bool isClaimed)
    {
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch when (isClaimed)
        {
            File.Delete(target);
            throw;
        }
    }

    private static bool TryClaim(string target)
    {
        try
        {
            new FileStream(target, OwnersOnly(FileMode.CreateNew)).Dispose();
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
    }

    private static FileStreamOptions OwnersOnly(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
