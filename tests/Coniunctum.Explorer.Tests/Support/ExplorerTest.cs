namespace Coniunctum.Explorer.Tests.Support;

/// <summary>
/// A test that looks at the explorer of a ledger of its own. Whatever it does, no request may leave the host, and no script may
/// fail or be forbidden.
/// </summary>
public abstract class ExplorerTest
{
    private readonly List<Visit> _visits = [];

    private protected ExplorerServer Server { get; private set; } = null!;

    private protected ExampleChain Chain => Server.Chain;

    /// <summary>One address of each kind of page.</summary>
    private protected IEnumerable<string> Routes =>
    [
        "", "pool", "peers", "plots", "forks", "rule", "block/0", $"block/{Chain.Blocks[4].Id}", $"transaction/{Chain.Blocks[4].Transactions[0].Id}",
        $"transaction/{Server.Pooled[0].Id}", $"address/{Server.TextOf(ExampleChain.Owner(0))}", "block/999999", "nowhere",
    ];

    [SetUp]
    public async Task StartAsync() => Server = await ExplorerServer.StartAsync();

    [TearDown]
    public async Task StopAsync()
    {
        foreach (Visit visit in _visits) await visit.DisposeAsync();
        if (Server is not null) await Server.DisposeAsync();
        Assert.Multiple(() =>
        {
            Assert.That(_visits.SelectMany(visit => visit.RequestsElsewhere), Is.Empty, "requests that leave the host");
            Assert.That(_visits.SelectMany(visit => visit.Faults), Is.Empty, "scripts that fail or are forbidden, and dialogs");
        });
        _visits.Clear();
    }

    /// <summary>Opens a page.</summary>
    /// <param name="route">Its route.</param>
    /// <param name="width">The window's width.</param>
    /// <param name="scheme">What the reader's system asks for.</param>
    /// <param name="server">Whose; by default the test's own.</param>
    private protected async Task<Visit> VisitAsync(string route, int width = 1280, ColorScheme scheme = ColorScheme.Light, ExplorerServer? server = null)
    {
        Visit visit = await Visit.StartAsync((server ?? Server).Root, width, scheme);
        _visits.Add(visit);
        await visit.OpenAsync(route);
        return visit;
    }
}
