using Coniunctum.Architecture.Tests.Support;
using Coniunctum.Client;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>docs/API.md lists the routes of the HTTP API as their one table has them.</summary>
public sealed class HttpPageTests
{
    [Test]
    public void Routes_AreThoseOfTheTable()
    {
        IEnumerable<string> table = LedgerRoutes.All.Select(route => $"`{route.Method} {route.Path}` | {(route.Query.Count == 0 ? "–" : string.Join(", ", route.Query.Select(field => $"`{field}`")))} | {route.Summary}");
        Assert.That(new MarkdownPage("docs/API.md").Table("HTTP").Select(cells => string.Join(" | ", cells)), Is.EquivalentTo(table));
    }
}
