using System.Text.Json;
using System.Xml.Linq;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>What `dotnet new` makes programs of asks for the packages that this repository makes and tests with; `.ci/run` makes and runs them.</summary>
public sealed class TemplateTests
{
    private static IEnumerable<string> Projects => Repository.Files("templates", "*.csproj").Where(path => path != "templates/Coniunctum.Templates.csproj");

    [Test]
    public void Versions_AreThoseOfThisRepository()
    {
        string own = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;
        Dictionary<string, string> pins = XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(item => (string)item.Attribute("Include")!, item => (string)item.Attribute("Version")!, StringComparer.Ordinal);
        (string Project, string Package, string? Version)[] asked =
        [
            .. from project in Projects
               from item in XDocument.Load(Repository.PathOf(project)).Descendants("PackageReference")
               select (project, (string)item.Attribute("Include")!, (string?)item.Attribute("Version")),
        ];
        Assert.That(asked, Has.Length.GreaterThan(10), "the reading finds packages");
        Assert.That(asked.Where(item => item.Version != (Repository.Assemblies.Contains(item.Package) ? own : pins.GetValueOrDefault(item.Package))), Is.Empty);
    }

    [Test]
    public void Templates_AreThoseOfThePage()
    {
        IEnumerable<string> names = Repository.Files("templates", "template.json").Select(path =>
        {
            using JsonDocument template = JsonDocument.Parse(Repository.Read(path));
            return template.RootElement.GetProperty("shortName").GetString()!;
        });
        string page = Repository.Read("templates/README.md");
        Assert.That(names, Is.EquivalentTo(new[] { "coniunctum-app", "coniunctum-rule", "coniunctum-node" }));
        Assert.That(names.Where(name => !page.Contains($"`dotnet new {name} -n ", StringComparison.Ordinal)), Is.Empty);
    }
}
