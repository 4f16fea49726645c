using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Data;

/// <summary>Where ledgers and keys are kept unless a path is given.</summary>
internal static class DataFolder
{
    /// <summary>
    /// The user's own folder for programs' data: ~/.local/share/coniunctum on Linux, unless XDG_DATA_HOME says otherwise (a
    /// relative one is passed over, as the XDG Base Directory Specification wants it). Not a full path where HOME is none.
    /// </summary>
    public static string OfUser { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "coniunctum");

    /// <summary>The file of a profile's development chain.</summary>
    /// <exception cref="BadInputException">The folder is no full path.</exception>
    public static string DevFile(string folder, string profile) => Path.Combine(Checked(folder, "--data PATH"), $"dev-{profile}.db");

    /// <summary>The folder of a node of a network.</summary>
    /// <exception cref="BadInputException">The folder is no full path.</exception>
    public static string Node(string folder, string network) => Path.Combine(Checked(folder, "--data FOLDER"), "nodes", network);

    /// <summary>The folder of keys.</summary>
    /// <exception cref="BadInputException">The folder is no full path.</exception>
    public static string Keys(string folder) => Path.Combine(Checked(folder, "--keys FOLDER"), "keys");

    /// <summary>A relative folder would be another one wherever the program is called, and what lies there would be missed, or shared by accident.</summary>
    private static string Checked(string folder, string option) => Path.IsPathFullyQualified(folder)
        ? folder
        : throw new BadInputException(
            $"The folder for programs' data would be '{folder}', which is no full path: your home folder is not set rightly. Set it, or say {option}.");
}
