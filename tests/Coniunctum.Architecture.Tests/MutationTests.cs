using System.Text.RegularExpressions;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>The planted bugs of tests/mutations move along with the code: each applies to this tree, and its tests exist.</summary>
public sealed class MutationTests
{
    public static IEnumerable<string> Patches => Repository.Files("tests/mutations", "*.patch");

    [Test]
    public void Patches_AreAsManyAsWereFoundWanting() => Assert.That(Patches.Count(), Is.GreaterThanOrEqualTo(88));

    [TestCaseSource(nameof(Patches))]
    public void Patch_SaysWhatItIs_AndNamesTestsThatExist(string path)
    {
        string text = Repository.Read(path);
        string project = Field(text, "Project");
        Assert.That(text.Split('\n')[0], Does.EndWith("."), "the first line says what the bug is");
        Assert.That(Repository.PathOf(project), Does.Exist);
        foreach (string name in Field(text, "Tests").Split('|')) Assert.That(Repository.Files(project, name + ".cs"), Is.Not.Empty, name);
    }

    [TestCaseSource(nameof(Patches))]
    public void Patch_AppliesToThisTree(string path)
    {
        (int status, string output) = Repository.Git("apply", "--check", path);
        Assert.That(status, Is.Zero, output);
    }

    private static string Field(string text, string name)
    {
        Match match = Regex.Match(text, $"^{name}: (.+)$", RegexOptions.Multiline);
        return match.Success ? match.Groups[1].Value : throw new InvalidDataException($"The patch has no line '{name}: …'.");
    }
}
