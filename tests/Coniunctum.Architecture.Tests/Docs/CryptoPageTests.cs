using System.Xml.Linq;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>docs/CRYPTO.md names the implementations that are compared with in the versions that are.</summary>
public sealed class CryptoPageTests
{
    [Test]
    public void OtherImplementations_AreNamedWithTheVersionsThatArePinned()
    {
        HashSet<string> compared = [.. Items("tests/Coniunctum.Interop.Tests/Coniunctum.Interop.Tests.csproj", "PackageReference").Select(item => (string)item.Attribute("Include")!)];
        string[] pinned = [.. Items("Directory.Packages.props", "PackageVersion")
            .Where(item => compared.Contains((string)item.Attribute("Include")!))
            .Select(item => $"{(string?)item.Attribute("Include")} {(string?)item.Attribute("Version")}")];
        string[] named = [.. new MarkdownPage("docs/CRYPTO.md").Table("Other implementations").Select(cells => cells[0].Split(',')[0])];
        Assert.That(pinned, Is.Not.Empty);
        Assert.That(named, Is.EquivalentTo(pinned));
    }

    private static IEnumerable<XElement> Items(string file, string kind) => XDocument.Load(Repository.PathOf(file)).Descendants(kind);
}
