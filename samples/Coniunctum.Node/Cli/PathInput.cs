using System.CommandLine;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Node.Cli;

/// <summary>Options and arguments whose values name files or folders. What no file can be called is refused before anything is opened.</summary>
internal static class PathInput
{
    public static Option<string?> Option(string name, string description, string helpName = "PATH") => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = CommandLine.Parser<string?>(name, Read),
    };

    public static Argument<string> Argument(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => CommandLine.Parser(name, Read)(result)!,
    };

    /// <summary>Reads a path.</summary>
    public static string Read(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new BadInputException("it is blank; expected a path.");
        // A character 0 would end the path for the system, and bytes that are no UTF-8 have become another file's name.
        ForeignTextOutcome outcome = ForeignText.Check(text);
        return outcome.IsValid ? text : throw new BadInputException(outcome.Describe("it"));
    }

    /// <summary>Opens a file that someone named, which must be one in which bytes have places: no folder, no pipe.</summary>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    public static FileStream OpenFile(string path, FileMode mode, FileAccess access, FileShare share)
    {
        FileStream file = Open(path, mode, access, share);
        if (file.CanSeek) return file;
        file.Dispose();
        throw new BadInputException($"{Quoted.Of(path)} is a pipe or a device; expected a file.");
    }

    /// <summary>Opens what someone named, a pipe perhaps.</summary>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        if (Directory.Exists(path)) throw new BadInputException($"{Quoted.Of(path)} is a folder; expected a file.");
        if (mode == FileMode.Open && !Path.Exists(path)) throw new BadInputException($"There is no file {Quoted.Of(path)}.");
        return Trying($"{Quoted.Of(path)} cannot be {(access == FileAccess.Read ? "read" : "written")}", path, () => new FileStream(path, mode, access, share));
    }

    /// <summary>Turns trouble with what someone named into a refusal.</summary>
    public static void Trying(string what, string path, Action action) => Trying(what, path, () =>
    {
        action();
        return true;
    });

    /// <summary>Turns trouble with what someone named into a refusal.</summary>
    /// <param name="what">What failed, to begin the message with.</param>
    /// <param name="path">The file, which the system's message may repeat.</param>
    /// <param name="action">What may fail.</param>
    public static T Trying<T>(string what, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{what}: {Quoted.Reason(exception, path)}");
        }
    }
}
