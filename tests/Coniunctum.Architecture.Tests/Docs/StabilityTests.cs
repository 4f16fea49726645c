using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>docs/API.md says of each public namespace what is promised of it, and its types are marked so.</summary>
public sealed class StabilityTests
{
    // What a type's documentation says where it, and not its package, may change.
    private const string Mark = "May change in any release";

    private static readonly string[][] s_rows = [.. new MarkdownPage("docs/API.md").Table("What may change")];

    private static Type[] Types => [.. Repository.Assemblies.SelectMany(assembly => Assembly.Load(assembly).GetExportedTypes()).Where(type => !type.IsNested)];

    [Test]
    public void Namespaces_StandInOneRowEach() =>
        Assert.That(s_rows.Select(cells => cells[0].Trim('`')), Is.EquivalentTo(Types.Select(type => type.Namespace).Distinct()));

    [Test]
    public void Types_AreMarkedAsTheirNamespaceIs()
    {
        IEnumerable<string> others = Types.Where(type => PromiseOf(type) != WrittenOf(type)).Select(type => $"{type.FullName}: the page says {WrittenOf(type)}, it is marked {PromiseOf(type)}");
        Assert.That(others, Is.Empty);
    }

    private static string WrittenOf(Type type)
    {
        string[] parts = s_rows.Single(cells => cells[0].Trim('`') == type.Namespace)[1].Split("; ");
        string exception = $"`{type.Name.Split('`')[0]}` ";
        return parts.Skip(1).FirstOrDefault(part => part.StartsWith(exception, StringComparison.Ordinal))?[exception.Length..] ?? parts[0];
    }

    private static string PromiseOf(Type type)
    {
        if (type.Namespace!.EndsWith(".Internal", StringComparison.Ordinal)) return "internal";
        return type.Assembly.IsDefined(typeof(ExperimentalAttribute)) || SourceOf(type).Contains(Mark, StringComparison.Ordinal) ? "may change" : "stable";
    }

    private static string SourceOf(Type type) =>
        string.Concat(Repository.Files($"src/{type.Assembly.GetName().Name}", type.Name.Split('`')[0] + ".cs").Select(Repository.Read));
}
