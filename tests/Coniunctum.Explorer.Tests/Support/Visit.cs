using System.Text.RegularExpressions;

namespace Coniunctum.Explorer.Tests.Support;

/// <summary>A browser's window on the explorer, which keeps what it asked for and what went wrong in it.</summary>
internal sealed partial class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _root;
    private readonly List<string> _requests = [];
    private readonly List<string> _faults = [];

    private Visit(IBrowserContext context, IPage page, Uri root)
    {
        (_context, Page, _root) = (context, page, root);
        page.Request += (_, request) => Add(_requests, request.Url);
        // What a page's own script throws, and what the policy of its content forbids. An answer with an error is none.
        page.PageError += (_, error) => Add(_faults, error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) Add(_faults, message.Text);
        };
        page.Dialog += (_, dialog) =>
        {
            Add(_faults, $"A dialog was opened: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>What the page's scripts threw, what its policy forbade, and dialogs.</summary>
    public IReadOnlyList<string> Faults => Copy(_faults);

    /// <summary>Requests to another host than the one that serves the page.</summary>
    public IEnumerable<string> RequestsElsewhere => Copy(_requests).Where(url => !url.StartsWith("data:", StringComparison.Ordinal) && new Uri(url).Authority != _root.Authority);

    /// <summary>Calls of the API since <see cref="ForgetCalls"/>; the one stream of events is none.</summary>
    public IEnumerable<string> Calls => Copy(_requests).Where(url => ApiCall().IsMatch(url));

    public ILocator Heading => Page.Locator("main h1");

    public static async Task<Visit> StartAsync(Uri root, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        IBrowserContext context = await Chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(20_000);
        return new Visit(context, await context.NewPageAsync(), root);
    }

    /// <summary>Opens a page by its route, such as block/3, as whoever follows a link from elsewhere, and waits for its heading.</summary>
    public async Task OpenAsync(string route)
    {
        await Page.GotoAsync("about:blank");
        ForgetCalls();
        await Page.GotoAsync(new Uri(_root, $"#/{route}").ToString());
        await Assertions.Expect(Heading).ToBeVisibleAsync();
    }

    /// <summary>Returns what went wrong, and forgets it: it was expected.</summary>
    public IReadOnlyList<string> TakeFaults()
    {
        lock (_faults)
        {
            string[] faults = [.. _faults];
            _faults.Clear();
            return faults;
        }
    }

    public void ForgetCalls()
    {
        lock (_requests) _requests.RemoveAll(url => ApiCall().IsMatch(url));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private static void Add(List<string> list, string text)
    {
        lock (list) list.Add(text);
    }

    private static string[] Copy(List<string> list)
    {
        lock (list) return [.. list];
    }

    [GeneratedRegex("/api/v1/(?!events)")]
    private static partial Regex ApiCall();
}
