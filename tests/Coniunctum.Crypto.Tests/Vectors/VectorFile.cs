namespace Coniunctum.Crypto.Tests.Vectors;

/// <summary>Reads the published vectors that lie beside this file; their sources are in SOURCES.md.</summary>
internal static class VectorFile
{
    public static string ReadText(string name) => File.ReadAllText(FullPath(name));

    public static IEnumerable<string> ReadLines(string name) => File.ReadLines(FullPath(name));

    private static string FullPath(string name) => Path.Combine(TestContext.CurrentContext.TestDirectory, "Vectors", name);
}
