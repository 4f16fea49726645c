using System.Text.Json;
using System.Text.Json.Nodes;
using static Microsoft.Playwright.Assertions;

namespace Coniunctum.Explorer.Tests;

/// <summary>What comes from outside is shown and never run, whichever field it comes in.</summary>
public sealed class HostileTests : ExplorerTest
{
    private const string Hostile = "\"><img src=x onerror=\"window.ran=1\"><script>window.ran=1</script><svg onload=window.ran=1>javascript:window.ran=1";

    // The kind of an event stays what it is; everything else of an answer becomes hostile.
    private static readonly string[] s_kept = ["event"];

    [Test]
    public async Task Answers_WithMarkupInEveryText_AreShownAndNotRun()
    {
        Visit visit = await VisitAsync("");
        int changed = 0;
        await visit.Page.RouteAsync("**/api/v1/**", async route =>
        {
            if (route.Request.Url.Contains("/events", StringComparison.Ordinal))
            {
                await route.ContinueAsync();
                return;
            }

            IAPIResponse answer = await route.FetchAsync();
            JsonNode? body = JsonNode.Parse(await answer.TextAsync());
            changed += Poison(body);
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = body!.ToJsonString() });
        });
        foreach (string page in Routes)
        {
            await visit.OpenAsync(page);
            await AssertNothingRanAsync(visit, page);
            if (page is "" or "rule" or "pool" || page.StartsWith("block/0", StringComparison.Ordinal))
                Assert.That(await visit.Page.Locator("main").TextContentAsync(), Does.Contain("onerror="), $"{page}: it is shown");
        }

        Assert.That(changed, Is.GreaterThan(100));
    }

    [Test]
    public async Task Events_WithMarkup_AreShownAndNotRun()
    {
        Visit visit = await VisitAsync("");
        string change = JsonSerializer.Serialize(new { @event = "disconnected", height = 987_654, id = Hostile, at = 1_700_000_000_000, transactions = new[] { Hostile } });
        await visit.Page.RouteAsync("**/api/v1/events**", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "text/event-stream",
            Body = $"event: disconnected\nid: {Hostile}\ndata: {change}\n\n",
        }));
        await visit.OpenAsync("");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("987\u202f654");
        await AssertNothingRanAsync(visit, "an event");
    }

    [Test]
    public async Task Problem_WithMarkup_IsShownAsText()
    {
        Visit visit = await VisitAsync("");
        await visit.Page.RouteAsync("**/api/v1/blocks/*", route => route.FulfillAsync(new RouteFulfillOptions
        {
            Status = 404,
            ContentType = "application/problem+json",
            Body = JsonSerializer.Serialize(new { title = Hostile, status = 404 }),
        }));
        await visit.OpenAsync("block/5");
        await Expect(visit.Page.Locator(".problem")).ToHaveTextAsync(Hostile);
        await AssertNothingRanAsync(visit, "a problem");
    }

    [Test]
    public async Task Address_OfThePageWithMarkup_IsShownAsText()
    {
        Visit visit = await VisitAsync("");
        foreach (string route in new[] { "block/", "search/", "address/", "transaction/", "" }.Select(kind => kind + Uri.EscapeDataString(Hostile)))
        {
            await visit.OpenAsync(route);
            await Expect(visit.Heading).ToHaveTextAsync("Not found");
            await AssertNothingRanAsync(visit, route);
        }

        await visit.OpenAsync("block/%E0%A4%A");
        await Expect(visit.Heading).ToHaveTextAsync("Not found");
        await visit.OpenAsync("__proto__/constructor");
        await Expect(visit.Heading).ToHaveTextAsync("Not found");
    }

    [Test]
    public async Task Policy_OfThePage_ForbidsWhatIsInline()
    {
        Visit visit = await VisitAsync("");
        // Were markup ever taken for such, the browser itself would not run it.
        await visit.Page.EvaluateAsync("document.querySelector('main').innerHTML = '<img src=x onerror=\"window.ran=1\">'");
        await visit.Page.EvaluateAsync("new Promise(done => setTimeout(done, 200))");
        Assert.That(await visit.Page.EvaluateAsync<bool>("window.ran === undefined"), Is.True);
        Assert.That(visit.TakeFaults(), Has.Some.Contains("Content Security Policy"));
    }

    private static async Task AssertNothingRanAsync(Visit visit, string page)
    {
        Assert.That(await visit.Page.EvaluateAsync<bool>("window.ran === undefined"), Is.True, page);
        Assert.That(await visit.Page.Locator("img, script:not([src]), [onerror], [onload], [href^='javascript']").CountAsync(), Is.Zero, page);
    }

    /// <summary>Makes every text of an answer hostile, amounts among them.</summary>
    private static int Poison(JsonNode? node)
    {
        int changed = 0;
        switch (node)
        {
            case JsonObject fields:
                foreach ((string name, JsonNode? value) in fields.ToArray())
                {
                    if (value is JsonValue && value.GetValueKind() is JsonValueKind.String && !s_kept.Contains(name))
                    {
                        fields[name] = Hostile;
                        changed++;
                    }
                    else
                    {
                        changed += Poison(value);
                    }
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items) changed += Poison(item);
                break;
            default:
                break;
        }

        return changed;
    }
}
