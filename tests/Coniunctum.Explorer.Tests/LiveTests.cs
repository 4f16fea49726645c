using static Microsoft.Playwright.Assertions;

namespace Coniunctum.Explorer.Tests;

/// <summary>What happens while someone looks.</summary>
public sealed class LiveTests : ExplorerTest
{
    [Test]
    public async Task Block_ThatJoins_AppearsAndIsAnnounced()
    {
        Visit visit = await VisitAsync("");
        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Live");
        await Server.GrowAsync(1);
        await Expect(visit.Page.Locator("a.box.tip .height")).ToHaveTextAsync("121");
        await Expect(visit.Page.Locator("#announcements")).ToContainTextAsync("Block 121 with ");
    }

    [Test]
    public async Task Reorganization_WhileTheChainIsShown_StrikesOutWhatItUndoes()
    {
        string[] undone = [.. Chain.Blocks.Skip(118).Select(block => block.Id.ToString())];
        Visit visit = await VisitAsync("");
        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Live");

        await Server.AddBranchAsync(118, 3);

        await Expect(visit.Page.Locator("a.box.tip .height")).ToHaveTextAsync("121");
        ILocator struck = visit.Page.Locator("svg.chain a.box.undone");
        await Expect(struck).ToHaveCountAsync(2);
        Assert.That(await struck.EvaluateAllAsync<string[]>("boxes => boxes.map(box => box.getAttribute('href').slice(8))"), Is.EquivalentTo(undone));
        Assert.That(await struck.Locator("text").First.EvaluateAsync<string>("text => getComputedStyle(text).textDecorationLine"), Is.EqualTo("line-through"));
        await Expect(visit.Page.Locator(".reorganizations")).ToContainTextAsync("2 blocks undone from height 119 on");
        await Expect(visit.Page.Locator("#announcements")).ToContainTextAsync("Reorganization: 2 blocks undone.");

        // An undone block is still there to be looked at, and says what it is.
        await struck.First.ClickAsync();
        await Expect(visit.Heading).ToContainTextAsync("not on the best chain");
    }

    [Test]
    public async Task Server_ThatGoesAwayAndComesBack_IsReadAgain()
    {
        Visit visit = await VisitAsync("");
        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Live");
        await Server.StopListeningAsync();

        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Not connected, trying again");
        await Expect(visit.Page.Locator("#banner")).ToContainTextAsync("The node does not answer.", new() { Timeout = 20_000 });
        await Expect(visit.Page.Locator("a.box.tip .height")).ToHaveTextAsync("120");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Pool", Exact = true }).ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("The node does not answer");

        await Server.GrowAsync(2);
        await Server.ListenAgainAsync();

        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Live", new() { Timeout = 20_000 });
        await Expect(visit.Heading).ToHaveTextAsync("Pool: the coming block");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("block 122");
    }

    [Test]
    public async Task Pause_WhileBlocksCome_HoldsThePage()
    {
        Visit visit = await VisitAsync("");
        await visit.Page.Locator("#pause").ClickAsync();
        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Paused");
        visit.ForgetCalls();
        await Server.GrowAsync(3);
        // Another page that goes on shows that the events have come.
        Visit other = await VisitAsync("");
        await Expect(other.Page.Locator("a.box.tip .height")).ToHaveTextAsync("123");
        Assert.That(visit.Calls, Is.Empty);

        await visit.Page.Locator("#pause").ClickAsync();
        await Expect(visit.Page.Locator("a.box.tip .height")).ToHaveTextAsync("123");
    }

    [Test]
    public async Task Page_ThatIsDrawnAnew_KeepsTheFocus()
    {
        Visit visit = await VisitAsync("");
        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Live");
        ILocator link = visit.Page.Locator("tbody tr").First.Locator("a").First;
        string leadsTo = await link.GetAttributeAsync("href") ?? "";
        await link.FocusAsync();
        await Server.GrowAsync(1);
        await Expect(visit.Page.Locator("a.box.tip .height")).ToHaveTextAsync("121");
        Assert.That(await visit.Page.EvaluateAsync<string>("document.activeElement.getAttribute('href')"), Is.EqualTo(leadsTo));
    }
}
