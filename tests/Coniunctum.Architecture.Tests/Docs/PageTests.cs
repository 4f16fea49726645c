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
}
