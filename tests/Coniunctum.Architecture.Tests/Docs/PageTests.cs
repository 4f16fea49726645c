using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

public sealed class PageTests
{
    public static IEnumerable<string> Pages => Repository.Files(".", "*.md");

    [TestCaseSource(nameof(Pages))]
    public void Links_LeadSomewhere(string path)
    {
        var page = new MarkdownPage(path);
        IEnumerable<string> local = page.Links.Select(link => link.Target).Where(target => !target.Contains("://", StringComparison.Ordinal));
        Assert.That(local.Where(target => !Path.Exists(Repository.PathOf(page.Resolve(target)))), Is.Empty);
    }

    [Test]
    public void Readme_FirstExample_IsTheCodeThatThePackageTestRuns()
    {
        Assert.That(new MarkdownPage("README.md").CodeBlocks[0], Is.EqualTo(Repository.Read("tests/Packages/FirstLedger.cs")));
    }

    [Test]
    public void Readme_LedgerInAFile_IsTheProgramThatIsStartedTwice() =>
        Assert.That(new MarkdownPage("README.md").CodeBlocks[1], Is.EqualTo(Repository.Read("tests/Packages/SavedLedger/Program.cs")));

    [Test]
    public void Readme_TestCommand_IsOneThatTheRunFinds() =>
        Assert.That(Repository.Read("README.md").Split('\n').Count(line => line.StartsWith("dotnet test", StringComparison.Ordinal)), Is.EqualTo(1));

    [Test]
    public void Decisions_AreListedByTheirTitles()
    {
        string list = Repository.Read("docs/adr/README.md");
        string[] pages = [.. Repository.Files("docs/adr", "0*.md")];
        Assert.That(pages, Has.Length.GreaterThan(10), "the search finds pages");
        IEnumerable<string> missing =
            from page in pages
            let title = Repository.Read(page).Split('\n')[0].Split(": ", 2)[1]
            let line = $"- [{Path.GetFileName(page)[..4]}]({Path.GetFileName(page)}): {title}."
            where !list.Contains(line, StringComparison.Ordinal)
            select line;
        Assert.That(missing, Is.Empty);
    }
}
