using Coniunctum.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>The explorer's files, and what browsers are told with them.</summary>
internal sealed class ExplorerTests
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    [Test]
    public async Task Files_AreServedWithTheirTypes_PolicyAndTags()
    {
        if (!ExplorerFile.All.ContainsKey("index.html")) Assert.Ignore("The explorer is not part of this build.");
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(app => app.MapGroup("/alpha").MapConiunctum(chain.Ledger));
        foreach ((string name, string path) in ExplorerFile.All.Keys.Select(name => (name, $"alpha/explorer/{name}")).Append(("index.html", "alpha/")))
        {
            (int status, string body, HttpResponseMessage response) = await site.GetAsync(path);
            Assert.That(status, Is.EqualTo(200), path);
            Assert.That(response.Headers.GetValues("Content-Security-Policy"), Is.EqualTo(new[] { Policy }));
            Assert.That((response.Headers.GetValues("X-Content-Type-Options").Single(), response.Headers.GetValues("Referrer-Policy").Single()), Is.EqualTo(("nosniff", "no-referrer")));
            Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo(ExplorerFile.All[name].MediaType).And.Not.EqualTo("application/octet-stream"));
            Assert.That(body, Is.Not.Empty);
            Assert.That((await site.GetAsync(path, ("If-None-Match", response.Headers.ETag!.ToString()))).Status, Is.EqualTo(304));
            Assert.That((await site.SendAsync(HttpMethod.Head, path)).Status, Is.EqualTo(200));
        }
    }

    [Test]
    public async Task Page_WithoutASlash_LeadsToOneWithIt()
    {
        if (!ExplorerFile.All.ContainsKey("index.html")) Assert.Ignore("The explorer is not part of this build.");
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(app => app.MapGroup("/alpha").MapConiunctum(chain.Ledger));
        (int status, _, HttpResponseMessage response) = await site.GetAsync("alpha");
        Assert.That((status, response.Headers.Location?.OriginalString), Is.EqualTo((308, "/alpha/")));
    }

    [TestCase("explorer/nothing.js")]
    [TestCase("explorer/../ApiEndpoints.cs")]
    [TestCase("explorer/%2e%2e/%2e%2e/etc/passwd")]
    [TestCase("explorer/")]
    public async Task File_ThatIsNone_IsNotFound(string path)
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger);
        Assert.That((await site.GetAsync(path)).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Explorer_ThatIsNotWanted_IsNotServed()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger, options => options.Explorer = false);
        Assert.That(((await site.GetAsync("")).Status, (await site.GetAsync("explorer/app.js")).Status), Is.EqualTo((404, 404)));
    }
}
