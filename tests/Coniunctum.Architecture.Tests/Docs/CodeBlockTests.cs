using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>
/// Code that a page shows must compile: each block stands, line by line and but for its indentation, in a source file that the
/// build or the tests of the packages compile.
/// </summary>
public sealed class CodeBlockTests
{
    private static readonly Lazy<string[]> s_sources = new(() =>
        [.. Repository.Files("tests/Packages", "*.cs").Concat(Repository.Files("samples", "*.cs")).Select(path => Normalize(Repository.Read(path)))]);

    public static IEnumerable<TestCaseData> Blocks =>
        from path in Repository.Files(".", "*.md")
        from block in new MarkdownPage(path).CSharpBlocks.Select((text, index) => (text, index))
        select new TestCaseData(block.text).SetArgDisplayNames(path, Invariant($"{block.index + 1}"));

    [TestCaseSource(nameof(Blocks))]
    public void Block_StandsInASourceThatIsCompiled(string block) =>
        Assert.That(s_sources.Value.Any(source => source.Contains(Normalize(block), StringComparison.Ordinal)), Is.True, block);

    private static string Normalize(string code) =>
        "\n" + string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";
}
