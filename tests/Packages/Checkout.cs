namespace Coniunctum.Packages.Tests;

/// <summary>The checkout that these tests run in, and what `.ci/run` has put into it.</summary>
internal static class Checkout
{
    private static readonly string s_root = FindRoot();

    public static string Packages => PathOf("artifacts/packages");

    public static string PathOf(string relative) => Path.Combine(s_root, relative);

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Coniunctum.Core.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
