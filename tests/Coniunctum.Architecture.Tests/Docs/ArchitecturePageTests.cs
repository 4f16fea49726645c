using System.Globalization;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>The page follows the sources. With UPDATE_SIZES=1 in the environment the table of sizes is written anew.</summary>
public sealed class ArchitecturePageTests
{
    private const string Path = "docs/ARCHITECTURE.md";
    private const int MaxMethodLines = 40;
    private const double SizeTolerance = 0.25;

    private static readonly MarkdownPage s_page = new(Path);

    [Test]
    public void FollowOneBlock_LeadsThroughTenFiles()
    {
        IEnumerable<string> files = s_page.LinksOf("Follow one block through ten files").Select(link => s_page.Resolve(link.Target));
        Assert.That(files.Distinct().Count(), Is.EqualTo(10));
    }

    [Test]
    public void FollowOneBlock_NamesMethodsThatAreThere_UnderFortyLines()
    {
        foreach ((string text, string target) in s_page.LinksOf("Follow one block through ten files"))
        {
            string path = s_page.Resolve(target);
            string[] names = text.Split('.');
            Assert.That(System.IO.Path.GetFileNameWithoutExtension(path), Is.EqualTo(names[0]));
            IReadOnlyList<int> lengths = SourceMethods.LengthsOf(path, names[1]);
            Assert.That(lengths, Is.Not.Empty, $"{path} has no method {names[1]}.");
            Assert.That(lengths, Has.All.LessThan(MaxMethodLines), $"{text} is too long to be followed.");
        }
    }

    [Test]
    public void SizeTable_IsNotStale()
    {
        string table = string.Concat(Repository.Assemblies.Select(Row));
        if (Environment.GetEnvironmentVariable("UPDATE_SIZES") == "1")
        {
            string text = Repository.Read(Path);
            File.WriteAllText(Repository.PathOf(Path), text[..text.IndexOf("| `Coniunctum` |", StringComparison.Ordinal)] + table);
        }

        string[][] written = [.. new MarkdownPage(Path).Table("The size of the house")];
        Assert.That(
            written.Select(cells => cells[0].Trim('`')), Is.EqualTo(Repository.Assemblies), $"The table should be:\n{table}");
        foreach ((string[] cells, int[] sizes) in written.Zip(Repository.Assemblies.Select(SizesOf)))
        {
            int lines = int.Parse(cells[2], CultureInfo.InvariantCulture);
            Assert.That(
                lines,
                Is.EqualTo(sizes.Sum()).Within(100 * SizeTolerance).Percent.Or.EqualTo(sizes.Sum()),
                $"The table should be:\n{table}");
        }
    }

    private static string Row(string assembly)
    {
        int[] sizes = SizesOf(assembly);
        return Invariant($"| `{assembly}` | {sizes.Length} | {sizes.Sum()} | {sizes.Order().ElementAtOrDefault(sizes.Length / 2)} | {sizes.DefaultIfEmpty().Max()} |\n");
    }

    private static int[] SizesOf(string assembly) =>
        [.. Repository.Files($"src/{assembly}", "*.cs").Select(path => File.ReadLines(Repository.PathOf(path)).Count())];
}
