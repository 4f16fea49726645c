using Coniunctum.Crypto;
using Coniunctum.Ledger;
using static Microsoft.Playwright.Assertions;

namespace Coniunctum.Explorer.Tests;

/// <summary>Every page says what the ledger has, after two calls of the API at most.</summary>
public sealed class ExplorerPagesTests : ExplorerTest
{
    [Test]
    public async Task Open_AnyPage_TakesTwoCallsOfTheApiAtMost()
    {
        Visit visit = await VisitAsync("");
        foreach (string route in Routes)
        {
            await visit.OpenAsync(route);
            await Expect(visit.Page.Locator("main")).Not.ToHaveAttributeAsync("aria-busy", "true");
            Assert.That(visit.Calls.ToArray(), Has.Length.LessThanOrEqualTo(2), route);
        }
    }

    [Test]
    public async Task Home_OfAChain_ShowsItsStateItsRuleAndItsBlocks()
    {
        Visit visit = await VisitAsync("");

        await Expect(visit.Heading).ToHaveTextAsync("Chain");
        await Expect(visit.Page.Locator(".promise")).ToContainTextAsync("By work. Nothing but genesis is final.");
        await Expect(visit.Page.Locator("#network")).ToHaveTextAsync("example");
        await Expect(TileOf(visit, "Height")).ToHaveTextAsync("120");
        await Expect(TileOf(visit, "Supply")).ToHaveTextAsync("840\u202f000\u202f000\u202f000");
        await Expect(TileOf(visit, "In the pool")).ToHaveTextAsync(Invariant($"{Server.Pooled.Count}"));
        await Expect(TileOf(visit, "Hash rate")).ToContainTextAsync("H/s");
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(15);
        await Expect(visit.Page.Locator("tbody tr").First).ToContainTextAsync("1 confirmation");
        await Expect(visit.Page.Locator("svg.chain a.box")).ToHaveCountAsync(15);
        Assert.That(await visit.Page.Locator(".drawing").EvaluateAsync<bool>("drawing => drawing.scrollWidth <= drawing.clientWidth"), Is.True, "the tip is not cut off");
    }

    [Test]
    public async Task Block_ByItsHeight_LeadsToItsTransactionsAndNeighbours()
    {
        HashedBlock block = Chain.Blocks[4];
        Visit visit = await VisitAsync("block/5");

        await Expect(visit.Heading).ToHaveTextAsync("Block 5 116 confirmations");
        await Expect(FactOf(visit, "Id")).ToContainTextAsync(block.Id.ToString());
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(block.Transactions.Count);

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next block" }).ClickAsync();
        await Expect(visit.Heading).ToContainTextAsync("Block 6");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Previous block" }).First.ClickAsync();
        await Expect(FactOf(visit, "Id")).ToContainTextAsync(block.Id.ToString());
    }

    [Test]
    public async Task Transaction_FromPoolToBlock_ShowsItsLife()
    {
        Visit visit = await VisitAsync($"transaction/{Server.Pooled[0].Id}");
        ILocator step = visit.Page.Locator(".life [aria-current=step]");
        await Expect(step).ToContainTextAsync("In the pool");

        await Server.ConfirmPoolAsync();

        await Expect(step).ToContainTextAsync("Block 121, 1 confirmation.");
        await Server.GrowAsync(2);
        await Expect(step).ToContainTextAsync("Block 121, 3 confirmations.");
    }

    [Test]
    public async Task Address_WithALongHistory_IsReadByPages()
    {
        string owner = Server.TextOf(ExampleChain.Owner(0));
        Visit visit = await VisitAsync($"address/{owner}");
        await Expect(FactOf(visit, "Address")).ToContainTextAsync(owner);
        await Expect(FactOf(visit, "Locked")).ToContainTextAsync("in rewards that mature later");
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(25);
        string first = await visit.Page.Locator("tbody tr a").First.GetAttributeAsync("href") ?? "";

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Older transactions" })).ToBeVisibleAsync();
        Assert.That(await visit.Page.Locator($"tbody a[href='{first}']").CountAsync(), Is.Zero);

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Newest" }).ClickAsync();
        await Expect(visit.Page.Locator($"tbody a[href='{first}']").First).ToBeVisibleAsync();
    }

    [Test]
    public async Task Pool_WithTransactions_IsTheComingBlock()
    {
        Visit visit = await VisitAsync("pool");
        await Expect(TileOf(visit, "Height to come")).ToHaveTextAsync("121");
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(Server.Pooled.Count);
        await Expect(TileOf(visit, "Fees")).ToHaveTextAsync(Invariant($"{Server.Pooled.Sum(transaction => (long)transaction.Transaction.Fee):#,0}").Replace(',', '\u202f'));

        await Server.ConfirmPoolAsync();

        await Expect(visit.Page.Locator(".nothing")).ToHaveTextAsync("The pool is empty.");
    }

    [Test]
    public async Task Plots_OfAMinedChain_AreFour_WithTheirFiguresInWords()
    {
        Visit visit = await VisitAsync("plots");
        await Expect(visit.Page.Locator("figure h2")).ToHaveTextAsync(["Difficulty", "Hash rate", "Time between blocks", "Transactions in a block"]);
        await Expect(visit.Page.Locator("figure svg")).ToHaveCountAsync(4);
        await Expect(visit.Page.Locator("figcaption").First).ToContainTextAsync("at the newest block.");
        await visit.Page.Locator("summary").ClickAsync();
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(100);
    }

    [Test]
    public async Task Forks_WithABranchBesideTheBest_AreDrawn()
    {
        HashedBlock head = await Server.AddBranchAsync(118, 1);
        Visit visit = await VisitAsync("forks");
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator("svg.chain a.box.side")).ToHaveAttributeAsync("href", $"#/block/{head.Id}");
    }

    [Test]
    public async Task Peers_WithoutANetwork_AreNone()
    {
        Visit visit = await VisitAsync("peers");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("This node is connected with no others: it has no network.");
    }

    [Test]
    public async Task Peers_WithAConnection_ShowWhoIsThereAndWhoIsNot()
    {
        await using LedgerHost other = await LedgerBuilder.For(ExampleChain.Profile).UseNetwork(new NetworkOptions { Listen = { "127.0.0.1:0" } }).StartAsync();
        LedgerHost ledger = await LedgerBuilder.For(ExampleChain.Profile).UseNetwork(new NetworkOptions { Peers = { other.Network!.Addresses[0], "127.0.0.1:1" } }).StartAsync();
        await using ExplorerServer server = await ExplorerServer.ServeAsync(ledger);
        Visit visit = await VisitAsync("peers", server: server);
        await Expect(FactOf(visit, "This node")).ToContainTextAsync(ledger.Network!.Id.ToString());
        ILocator row = visit.Page.Locator("tbody tr").Filter(new() { HasText = "this node" });
        await Expect(row).ToContainTextAsync(other.Network.Id.ToString()[..12], new() { Timeout = 20_000 });
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("127.0.0.1:1", new() { Timeout = 20_000 });
    }

    [Test]
    public async Task Home_UnderOneAuthority_IsFinalAtOnce()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).StartAsync();
        await using ExplorerServer server = await ExplorerServer.ServeAsync(ledger);
        Visit visit = await VisitAsync("", server: server);
        await Expect(visit.Page.Locator("#connection")).ToHaveTextAsync("Live");
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, ExampleChain.Owner(1), 5, ledger.Context));

        await Expect(TileOf(visit, "Final up to")).ToHaveTextAsync("1");
        await Expect(visit.Page.Locator(".promise")).ToContainTextAsync("Final at once.");
        await Expect(visit.Page.Locator("a.box.final")).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator("main")).Not.ToContainTextAsync("Hash rate");
    }

    [Test]
    public async Task Rule_OfTheChain_SaysWhatItPromisesAndHowToJoin()
    {
        Visit visit = await VisitAsync("rule");
        await Expect(FactOf(visit, "Rule")).ToHaveTextAsync("proof-of-work");
        await Expect(FactOf(visit, "Chain id")).ToContainTextAsync(Server.ChainId);
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("coniunctum-profile 1 ");
    }

    [Test]
    public async Task Search_ForAnythingThatThereIs_FindsItsPage()
    {
        Visit visit = await VisitAsync("");
        HashedBlock block = Chain.Blocks[4];
        foreach ((string query, string found) in new[]
        {
            ("7", "Block 7"), (block.Id.ToString(), "Block 5"), ($" {block.Transactions[0].Id} ", "Transaction"), (Server.TextOf(ExampleChain.Owner(1)), "Address"), ("tip", "Block 120"),
        })
        {
            await SearchAsync(visit, query);
            await Expect(visit.Heading).ToContainTextAsync(found);
        }
    }

    [Test]
    public async Task Search_ForWhatThereIsNot_SaysSo()
    {
        Visit visit = await VisitAsync("");
        foreach ((string query, string heading, string reason) in new[]
        {
            ("999999", "Not found", "999999"), (new string('a', 64), "Not found", "aaaa"), ("no such thing", "Not found", "is no height, no id and no address"), ("../../../etc", "Not found", "is no height"),
            (Server.TextOf(ExampleChain.Owner(1))[..^1] + "?", "Not found", "is no height"), ("con1qqqq", "Not understood", "con1qqqq"),
        })
        {
            await SearchAsync(visit, query);
            await Expect(visit.Heading).ToHaveTextAsync(heading);
            await Expect(visit.Page.Locator(".problem")).ToContainTextAsync(reason);
        }
    }

    [Test]
    public async Task Ledger_UnderAPath_IsReadThere()
    {
        await using ExplorerServer second = await ExplorerServer.StartAsync("/ledger/a");
        Visit visit = await VisitAsync("", server: second);
        await Expect(TileOf(visit, "Height")).ToHaveTextAsync("120");
        Assert.That(visit.Calls, Is.Not.Empty.And.All.Contains("/ledger/a/api/v1/"));
    }

    private static ILocator TileOf(Visit visit, string name) => FactOf(visit, name);

    private static ILocator FactOf(Visit visit, string name) =>
        visit.Page.Locator("dl > div").Filter(new() { Has = visit.Page.Locator("dt", new() { HasTextString = name }) }).Locator("dd").First;

    private static async Task SearchAsync(Visit visit, string query)
    {
        await visit.Page.Locator("#query").FillAsync(query);
        await visit.Page.Locator("#query").PressAsync("Enter");
    }
}
