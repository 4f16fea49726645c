using System.Reflection;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>docs/API.md names every type that an application meets, and none that does not exist.</summary>
public sealed class ApiPageTests
{
    private static readonly string s_page = Repository.Read("docs/API.md");

    private static IEnumerable<string> Types => Assembly.Load("Coniunctum").GetExportedTypes().Where(type => !type.IsNested).Select(type => type.Name);

    [Test]
    public void Types_OfThePackageToInstall_AreAllNamed()
    {
        Assert.That(Types.Count(), Is.GreaterThan(20), "the reading finds types");
        Assert.That(Types.Where(type => !s_page.Contains($"`{type}`", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Types_ThatAreNamed_Exist()
    {
        IEnumerable<string> named = new MarkdownPage("docs/API.md").Table("What the package `Coniunctum` offers, by task")
            .SelectMany(cells => cells[1].Split('`').Where((_, index) => index % 2 == 1))
            .Where(name => char.IsUpper(name[0]));
        Assert.That(named.Except(Types), Is.Empty);
    }
}
