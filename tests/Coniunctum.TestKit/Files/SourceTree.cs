namespace Coniunctum.TestKit.Files;

/// <summary>The repository that these tests were built from.</summary>
internal static class SourceTree
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Coniunctum.Core.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
