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
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            // Without replacing it is a link and an unlink on Unix, and so fails, whatever happens meanwhile, if the name is taken.
            File.Move(temporary, target, replace);
            return true;
        }
        catch (IOException) when (!replace && File.Exists(target))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
