using System.Xml.Linq;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>docs/CRYPTO.md names the implementations that are compared with in the versions that are.</summary>
public sealed class CryptoPageTests
{
    [Test]
    public void OtherImplementations_AreNamedWithTheVersionsThatArePinned()
    {
        string[] pinned = [.. XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("ItemGroup")
            .Where(group => (string?)group.Attribute("Label") == "Oracles")
            .SelectMany(group => group.Elements("PackageVersion"))
            .Select(item => $"{(string?)item.Attribute("Include")} {(string?)item.Attribute("Version")}")];
        string[] named = [.. new MarkdownPage("docs/CRYPTO.md").Table("Other implementations").Select(cells => cells[0].Split(',')[0])];
        Assert.That(pinned, Is.Not.Empty);
        Assert.That(named, Is.EquivalentTo(pinned));
    }
}
