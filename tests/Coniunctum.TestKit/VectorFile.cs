using System.Text.Json;

namespace Coniunctum.TestKit;

/// <summary>Reads the published vectors; their sources are in Vectors/SOURCES.md.</summary>
internal static class VectorFile
{
    public static JsonElement ReadJson(string name)
    {
        using var document = JsonDocument.Parse(ReadText(name));
        return document.RootElement.Clone();
    }

    public static string ReadText(string name) => File.ReadAllText(PathOf(name));

    public static string[] ReadLines(string name) => File.ReadAllLines(PathOf(name));

    /// <summary>Four bytes as the vectors write them: 0x and eight digits.</summary>
    public static uint ReadBits(JsonElement text) => Convert.ToUInt32(text.GetString(), 16);

    /// <summary>Where a file or folder of the vectors lies.</summary>
    public static string PathOf(string name) => Path.Combine(TestContext.CurrentContext.TestDirectory, "Vectors", name);
}
