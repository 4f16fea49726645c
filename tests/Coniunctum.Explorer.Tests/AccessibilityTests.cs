using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Coniunctum.Explorer.Tests;

/// <summary>Everyone can use it: by keyboard, with a screen reader, on a narrow screen, in light and dark.</summary>
public sealed class AccessibilityTests : ExplorerTest
{
    // Of the rules that pass only that they do: there are thousands of elements.
    private static readonly AxeRunOptions s_options = new() { ResultTypes = [ResultType.Violations] };

    // Colours depend on the scheme alone, and what is left out on the width alone.
    [TestCase(ColorScheme.Light, 1280)]
    [TestCase(ColorScheme.Dark, 360)]
    public async Task AxeCore_OnEveryPage_FindsNothingSerious(ColorScheme scheme, int width)
    {
        Visit visit = await VisitAsync("", width, scheme);
        await Server.AddBranchAsync(118, 3);
        await Expect(visit.Page.Locator("a.box.undone")).ToHaveCountAsync(2);
        int passes = 0;
        foreach (string route in Routes)
        {
            // The first page is looked at as it is, with its reorganization.
            if (route.Length > 0) await visit.OpenAsync(route);
            AxeResult result = await visit.Page.RunAxe(s_options);
            passes += result.Passes.Length;
            Assert.That(SeriousOf(result), Is.Empty, route);
        }

        Assert.That(passes, Is.GreaterThan(100));
    }

    [Test]
    public async Task AxeCore_OnAPageWithFaults_FindsThem()
    {
        Visit visit = await VisitAsync("rule");
        await visit.Page.EvaluateAsync(
            """
            () => {
              const main = document.querySelector('main');
              main.append(document.createElement('button'), document.createElement('p'));
              main.lastChild.textContent = 'faint';
              main.lastChild.style.color = '#ddd';
            }
            """);
        string[] found = [.. SeriousOf(await visit.Page.RunAxe(s_options))];
        Assert.That(found, Has.Some.StartsWith("button-name").And.Some.StartsWith("color-contrast"));
    }

    [Test]
    public async Task Width_OfANarrowScreen_IsNeverExceeded()
    {
        Visit visit = await VisitAsync("", 360);
        foreach (string route in Routes)
        {
            await visit.OpenAsync(route);
            Assert.That(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360), route);
        }
    }

    [Test]
    public async Task Keyboard_Alone_ReachesContentSearchAndPages()
    {
        Visit visit = await VisitAsync("");
        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(visit.Page.Locator("#skip")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("#main")).ToBeFocusedAsync();
        Assert.That(new Uri(visit.Page.Url).Fragment, Is.EqualTo("#/"));

        await visit.Page.Locator("#query").FocusAsync();
        await visit.Page.Keyboard.TypeAsync("7");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Heading).ToContainTextAsync("Block 7");
        await Expect(visit.Heading).ToBeFocusedAsync();

        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.That(
            await visit.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"), Is.EqualTo("solid"), "the focus can be seen");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Heading).ToContainTextAsync("Block 6");
        await Expect(visit.Page).ToHaveTitleAsync("Block 6 \u00b7 example");
    }

    [Test]
    public async Task Id_ThatIsShortened_IsCopiedInFull()
    {
        Visit visit = await VisitAsync("");
        string copied = await visit.Page.EvaluateAsync<string>(
            """
            () => {
              getSelection().selectAllChildren(document.querySelector('tbody tr:first-child td:nth-child(3) a'));
              return getSelection().toString();
            }
            """);
        Assert.That(copied, Is.EqualTo(Chain.Blocks[^1].Id.ToString()));
    }

    private static IEnumerable<string> SeriousOf(AxeResult result) => result.Violations
        .Where(violation => violation.Impact is "serious" or "critical")
        .Select(violation => $"{violation.Id}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}");
}
