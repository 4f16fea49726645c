using System.Text.RegularExpressions;

namespace Coniunctum.Architecture.Tests.Support;

/// <summary>A page of the documentation.</summary>
internal sealed partial class MarkdownPage(string path)
{
    private readonly string _text = Repository.Read(path);

    /// <summary>The page's links: what they say and where they lead.</summary>
    public IEnumerable<(string Text, string Target)> Links => LinksIn(_text);

    /// <summary>The contents of its code blocks, in order.</summary>
    public IReadOnlyList<string> CodeBlocks => [.. CodeBlock().Matches(_text).Select(match => match.Groups[1].Value)];

    /// <summary>The contents of its blocks in C#, in order.</summary>
    public IReadOnlyList<string> CSharpBlocks => [.. CSharpBlock().Matches(_text).Select(match => match.Groups[1].Value)];

    /// <summary>Returns the links of one section.</summary>
    public IEnumerable<(string Text, string Target)> LinksOf(string heading) => LinksIn(Section(heading));

    /// <summary>Returns the rows of a section's table without its head: the cells, without backticks where one is all code.</summary>
    public IEnumerable<string[]> Table(string heading) => Section(heading)
        .Split('\n')
        .Where(line => line.StartsWith('|'))
        .Skip(2)
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());

    /// <summary>Returns the path, from the root, that a link of this page leads to.</summary>
    public string Resolve(string target)
    {
        string folder = Path.GetDirectoryName(Repository.PathOf(path))!;
        return Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(folder, target.Split('#')[0]))).Replace('\\', '/');
    }

    private static IEnumerable<(string Text, string Target)> LinksIn(string text) =>
        Link().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    private string Section(string heading)
    {
        string[] parts = HeadingLine().Split(_text);
        int at = Array.IndexOf(parts, heading);
        return at >= 0 ? parts[at + 1] : throw new InvalidOperationException($"{path} has no section '{heading}'.");
    }

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```\w*\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^```(?:csharp|cs|c#)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex HeadingLine();
}
