
namespace Coniunctum.Crypto.Internal;

/// <summary>
/// Where a file lies whatever links lead to it. Whoever puts a file beside another one, by adding to its name, has to begin
/// here: beside a link lies something else than beside its target.
/// </summary>
public static class RealPath
{
    // What Linux follows before it gives up.
    private const int MaxLinks = 40;

    /// <summary>Whether a path is a symbolic link itself, also one that leads nowhere.</summary>
    /// <param name="path">The path.</param>
    public static bool IsLink(string path) => new FileInfo(Path.GetFullPath(path)).LinkTarget is not null;

    /// <summary>Returns the full path of a file; where the path is a symbolic link, that of its last target, which need not exist.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="IOException">The links go round in a circle.</exception>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        return IsLink(full) ? Follow(full) : full;
    }

    private static string Follow(string path)
    {
        string at = Path.GetPathRoot(path)!;
        var ahead = new Stack<string>();
        Push(path[at.Length..]);
        int links = 0;
        while (ahead.TryPop(out string? part))
        {
            if (part is "..")
            {
                // What lies behind holds no link, so that its parent is the folder above it.
                at = Path.GetDirectoryName(at) ?? at;
                continue;
            }

            string next = Path.Combine(at, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MaxLinks) throw new IOException($"The symbolic links from '{PrintableText.Of(path)}' go round in a circle.");
            string root = Path.GetPathRoot(target) ?? "";
            if (root.Length > 0) at = root;
            Push(target[root.Length..]);
        }

        return at;

        void Push(string relative)
        {
            string[] parts = relative.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
            foreach (string part in parts.Where(part => part is not ".").Reverse()) ahead.Push(part);
        }
    }
}
