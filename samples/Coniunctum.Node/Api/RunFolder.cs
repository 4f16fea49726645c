using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Api;

/// <summary>A folder in which a running program leaves what only its owner may use: no one else may even look into it.</summary>
/// <param name="Path">The folder.</param>
internal sealed record RunFolder(string Path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>That of a node that keeps its ledger in a folder.</summary>
    public static RunFolder OfFolder(string folder) => new(System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), "run"));

    /// <summary>That of a development chain that is kept in a file.</summary>
    public static RunFolder OfFile(string file) => new($"{System.IO.Path.GetFullPath(file)}.run");

    /// <summary>Makes it where it is not there.</summary>
    /// <exception cref="BadInputException">It cannot be made, or others could open it.</exception>
    public void Make()
    {
        PathInput.Trying($"The folder {Quoted.Of(Path)} cannot be made", Path, () => DurableFile.MakeFolder(Path, isPrivate: true));
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & ~OwnerOnly & ~(UnixFileMode.SetGroup | UnixFileMode.SetUser | UnixFileMode.StickyBit)) != 0)
            throw new BadInputException($"Others may open the folder {Quoted.Of(Path)}, and so could use the node's socket in it: run chmod 700 on it.");
    }

    /// <summary>Deletes a file in it, and the folder with the last one.</summary>
    public void Remove(string file)
    {
        try
        {
            File.Delete(file);
            if (!Directory.EnumerateFileSystemEntries(Path).Any()) Directory.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What it opened is closed, and the next start tidies up.
        }
    }
}
