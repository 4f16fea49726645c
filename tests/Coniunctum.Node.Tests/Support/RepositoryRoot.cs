namespace Coniunctum.Node.Tests.Support;

/// <summary>Where the repository's pages lie.</summary>
internal static class RepositoryRoot
{
    public static string Path
    {
        get
        {
            string folder = TestContext.CurrentContext.TestDirectory;
            while (!File.Exists(System.IO.Path.Combine(folder, "Coniunctum.Core.sln"))) folder = System.IO.Path.GetDirectoryName(folder)!;
            return folder;
        }
    }
}
