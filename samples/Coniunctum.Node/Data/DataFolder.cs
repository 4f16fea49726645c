namespace Coniunctum.Node.Data;

/// <summary>Where ledgers are kept unless a path is given.</summary>
internal static class DataFolder
{
    /// <summary>The user's own folder for programs' data: ~/.local/share/coniunctum on Linux, unless XDG_DATA_HOME says otherwise.</summary>
    public static string OfUser { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "coniunctum");

    /// <summary>The file of a profile's development chain.</summary>
    public static string DevFile(string folder, string profile) => Path.Combine(folder, $"dev-{profile}.db");
}
