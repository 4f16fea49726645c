using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>The same packages restore everywhere: each version is pinned, or is the very version that a pinned package asks for.</summary>
public sealed partial class PackageGraphTests
{
    private static readonly Dictionary<string, string> s_pins = XDocument.Load(Repository.PathOf("Directory.Packages.props"))
        .Descendants("PackageVersion")
        .ToDictionary(item => (string)item.Attribute("Include")!, item => (string)item.Attribute("Version")!, StringComparer.Ordinal);

    // What restoring wrote beside each project of the solution. Someone who built one project has some of them.
    private static IEnumerable<string> RestoredProjects => ProjectLine()
        .Matches(Repository.Read("Coniunctum.Core.sln"))
        .Select(match => Path.GetDirectoryName(match.Groups[1].Value.Replace('\\', '/'))!)
        .Where(folder => File.Exists(AssetsOf(folder)));

    [Test]
    public void Pins_AreExactVersions() => Assert.That(s_pins.Values, Is.Not.Empty.And.All.Match(@"^\d+\.\d+\.\d+(-[\w.]+)?$"));

    [Test]
    public void ResolvedVersions_ArePinned_OrJustWhatIsAskedFor()
    {
        var strays = new SortedSet<string>(StringComparer.Ordinal);
        int resolved = 0;
        foreach (string project in RestoredProjects)
        {
            RestoredGraph graph = Read(project);
            resolved += graph.Resolved.Count;
            foreach ((string package, string version) in graph.Resolved)
            {
                bool stands = s_pins.TryGetValue(package, out string? pin) ? version == pin : graph.Asked[package].Contains(version);
                if (!stands) strays.Add($"{project}: {package} {version}, pinned {pin ?? "not at all"}, asked for {string.Join(" or ", graph.Asked[package])}");
            }
        }

        Assert.That(resolved, Is.GreaterThan(10), "the graphs are read");
        Assert.That(strays, Is.Empty, "restore anew; if they stay, pin them in Directory.Packages.props");
    }

    [Test]
    public void Pins_AreAllInAGraph()
    {
        if (ProjectLine().Count(Repository.Read("Coniunctum.Core.sln")) > RestoredProjects.Count()) Assert.Ignore("Not every project of the solution was restored.");
        Assert.That(s_pins.Keys.Except(RestoredProjects.SelectMany(project => Read(project).Resolved.Keys)), Is.Empty);
    }

    private static string AssetsOf(string project) => Repository.PathOf($"{project}/obj/project.assets.json");

    private static RestoredGraph Read(string project)
    {
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllText(AssetsOf(project)));
        // The SDK adds some by itself, in versions of its own.
        HashSet<string> ofTheSdk = [.. assets.RootElement.GetProperty("project").GetProperty("frameworks").EnumerateObject()
            .Where(framework => framework.Value.TryGetProperty("dependencies", out _))
            .SelectMany(framework => framework.Value.GetProperty("dependencies").EnumerateObject())
            .Where(dependency => dependency.Value.TryGetProperty("autoReferenced", out JsonElement automatic) && automatic.GetBoolean())
            .Select(dependency => dependency.Name)];
        // Targets for one runtime, which have its name behind a slash, are left where a native program was made.
        JsonProperty[] libraries = [.. assets.RootElement.GetProperty("targets").EnumerateObject()
            .Where(target => !target.Name.Contains('/', StringComparison.Ordinal))
            .SelectMany(target => target.Value.EnumerateObject())];
        ILookup<string, string> asked = libraries
            .Where(library => library.Value.TryGetProperty("dependencies", out _))
            .SelectMany(library => library.Value.GetProperty("dependencies").EnumerateObject())
            // "1.2.3", "[1.2.3]" or "[1.2.3, 2.0.0)": the lowest is what restoring takes, where a source has it.
            .ToLookup(dependency => dependency.Name, dependency => dependency.Value.GetString()!.Trim('[', ']', ')').Split(',')[0], StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> resolved = libraries
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => library.Name.Split('/'))
            .Where(parts => !ofTheSdk.Contains(parts[0]))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return new RestoredGraph(resolved, asked);
    }

    [GeneratedRegex(@"""([^""]+\.csproj)""")]
    private static partial Regex ProjectLine();

    private sealed record RestoredGraph(Dictionary<string, string> Resolved, ILookup<string, string> Asked);
}
