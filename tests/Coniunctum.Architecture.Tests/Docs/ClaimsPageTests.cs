using System.Text.RegularExpressions;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>Every claim, and every line of what development chains do, names a test or a command, and those exist.</summary>
public sealed partial class ClaimsPageTests
{
    private static readonly MarkdownPage s_page = new("docs/CLAIMS.md");

    public static IEnumerable<string> Proofs => s_page.Table("What is claimed").Select(cells => cells[1])
        .Concat(new MarkdownPage("docs/DEVCHAIN.md").Table("What ours does").Select(cells => cells[2]))
        .SelectMany(cell => Code().Matches(cell).Select(match => match.Groups[1].Value))
        .Distinct();

    [Test]
    public void Claims_AllHaveAProof()
    {
        string[][] rows = [.. s_page.Table("What is claimed")];
        Assert.That(rows, Has.Length.GreaterThan(5));
        Assert.That(rows.Where(cells => cells.Length != 4 || !Code().IsMatch(cells[1])), Is.Empty);
    }

    [Test]
    public void DevelopmentChains_AllLinesHaveATest()
    {
        string[][] rows = [.. new MarkdownPage("docs/DEVCHAIN.md").Table("What ours does")];
        Assert.That(rows, Has.Length.GreaterThan(15));
        Assert.That(rows.Where(cells => cells.Length != 3 || !Code().IsMatch(cells[1]) || !Code().IsMatch(cells[2])), Is.Empty);
    }

    [Test]
    public void Claims_StandOnce_AndSoDoTheirProofs()
    {
        string[][] rows = [.. s_page.Table("What is claimed")];
        Assert.That(rows.Select(cells => cells[0].ToUpperInvariant()), Is.Unique);
        Assert.That(rows.Select(cells => cells[1]), Is.Unique, "two claims that the same tests show are one claim, or one is stale");
    }

    [Test]
    public void Commits_AreInTheHistoryOfThisOne()
    {
        if (!Repository.HasHistory) Assert.Ignore("There is no history here to look commits up in.");
        string[] commits = [.. s_page.Table("What is claimed").Select(cells => cells[3]).Distinct()];
        Assert.That(commits, Has.All.Match("^[0-9a-f]{7,40}$"));
        Assert.That(commits.Where(commit => !Repository.IsInHistory(commit)), Is.Empty);
    }

    [TestCaseSource(nameof(Proofs))]
    public void Proof_Exists(string proof)
    {
        if (proof.StartsWith("dotnet ", StringComparison.Ordinal))
        {
            Match project = Project().Match(proof);
            Assert.That(!project.Success || Directory.Exists(Repository.PathOf(project.Groups[1].Value)), Is.True, proof);
        }
        else if (proof.Contains('/', StringComparison.Ordinal))
        {
            Assert.That(Repository.PathOf(proof.Split(' ')[0]), Does.Exist);
        }
        else
        {
            string[] names = proof.Split('.');
            string[] files = [.. Repository.Files("tests", names[0] + ".cs")];
            Assert.That(files, Is.Not.Empty, $"There is no test class {names[0]}.");
            if (names.Length == 1) return;
            Assert.That(files.SelectMany(file => SourceMethods.LengthsOf(file, names[1])), Is.Not.Empty, $"{names[0]} has no test {names[1]}.");
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?:--project|test|pack) ([\w./-]+/[\w./-]+)")]
    private static partial Regex Project();
}
