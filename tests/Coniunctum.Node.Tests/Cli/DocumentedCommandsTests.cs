using System.CommandLine;
using System.Text.RegularExpressions;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>Every command line that a page shows is one that the program takes: a renamed option is noticed.</summary>
internal sealed partial class DocumentedCommandsTests
{
    private static readonly string[] s_pages = ["README.md", "samples/Coniunctum.Node/README.md", "docs/OPERATING.md", "docs/CONSENSUS.md", "docs/CLIQUE.md", "docs/DEVCHAIN.md"];

    // What a reader replaces, with something that may stand there.
    private static readonly Dictionary<string, string> s_placeholders = new(StringComparer.Ordinal) { ["AMOUNT"] = "5", ["RULE"] = "bft" };

    [TestCaseSource(nameof(s_pages))]
    public void Commands_OfAPage_AreTaken(string page)
    {
        RootCommand root = CommandLine.Build(new CommandIo(Stream.Null, TextWriter.Null, TextWriter.Null));
        string[] commands = [.. Block().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, page)))
            .SelectMany(block => block.Groups["text"].Value.Split('\n'))
            .Where(line => line.StartsWith("coniunctum ", StringComparison.Ordinal))];
        Assert.That(commands, Is.Not.Empty);
        foreach (string command in commands)
        {
            ParseResult parsed = root.Parse([.. Words(command).Skip(1)], new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
            Assert.That(parsed.Errors.Select(error => error.Message), Is.Empty, command);
            Assert.That(parsed.CommandResult.Command, Is.Not.InstanceOf<RootCommand>(), command);
        }
    }

    private static IEnumerable<string> Words(string command) => Word().Matches(Comment().Replace(command, ""))
        .Select(word => word.Value.Trim('"', '\''))
        .Select(word => s_placeholders.GetValueOrDefault(word, word));

    [GeneratedRegex(@"^```\w*\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    // What the shell would put in has blanks of its own.
    [GeneratedRegex(@"""\$\([^)]*\)""|""[^""]*""|'[^']*'|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();
}
