using Coniunctum.AspNetCore;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Coniunctum.Explorer.Tests.Support;

/// <summary>A ledger with the example's chain and a few transactions in its pool, in an application that serves it on loopback.</summary>
internal sealed class ExplorerServer : IAsyncDisposable
{
    private const string AnyPort = "http://127.0.0.1:0";

    private static readonly Transaction[] s_pooled =
    [
        ExampleChain.Example.Pay(0, 1, 5_000_000, 1_500), ExampleChain.Example.Pay(1, 2, 7_000_000, 1_400), ExampleChain.Example.Pay(2, 3, 9_000_000, 1_300),
    ];

    private readonly LedgerHost _ledger;
    private readonly string _path;
    private WebApplication? _app;

    private ExplorerServer(LedgerHost ledger, string path) => (_ledger, _path) = (ledger, path);

    /// <summary>The chain that the ledger has, where it has the example's.</summary>
    public ExampleChain Chain { get; private set; } = ExampleChain.Example;

    /// <summary>Where the explorer is.</summary>
    public Uri Root { get; private set; } = null!;

    /// <summary>What the pool has.</summary>
    public IReadOnlyList<HashedTransaction> Pooled { get; private set; } = [];

    public string ChainId => _ledger.ChainId.ToString();

    /// <summary>Serves another ledger than the example's. The server disposes it.</summary>
    public static async Task<ExplorerServer> ServeAsync(LedgerHost ledger)
    {
        var server = new ExplorerServer(ledger, "");
        await server.ListenAsync(AnyPort);
        return server;
    }

    /// <summary>Serves the example.</summary>
    /// <param name="path">Where the ledger is mapped.</param>
    public static async Task<ExplorerServer> StartAsync(string path = "")
    {
        LedgerHost ledger = await LedgerBuilder.For(ExampleChain.Profile).UseIndex(_ => new MemoryChainIndex()).FollowOthers().StartAsync();
        var server = new ExplorerServer(ledger, path);
        await server.TakeAsync(ExampleChain.Example.Blocks);
        foreach (Transaction transaction in s_pooled) Assert.That((await ledger.SubmitAsync(transaction)).IsValid);
        server.Pooled = ExampleChain.Profile.Format.HashAll(s_pooled, ledger.ChainId);
        await server.ListenAsync(AnyPort);
        return server;
    }

    public string TextOf(Address address) => address.ToText(_ledger.Profile.AddressPrefix);

    /// <summary>Makes blocks on the tip.</summary>
    public async Task GrowAsync(int count)
    {
        int before = Chain.Blocks.Count;
        Maker.Grow(count);
        await TakeAsync(Chain.Blocks.Skip(before));
    }

    /// <summary>Makes a block that holds what the pool has.</summary>
    public Task ConfirmPoolAsync() => TakeAsync([Maker.Add(TimeSpan.FromSeconds(5), ExampleChain.Owner(0), Pooled.Select(transaction => transaction.Transaction))]);

    /// <summary>Makes a branch of blocks behind a height, which wins where it has more work.</summary>
    /// <returns>Its last block.</returns>
    public async Task<HashedBlock> AddBranchAsync(int height, int count)
    {
        ExampleChain branch = Chain.Branch(height);
        branch.Grow(count);
        await TakeAsync(branch.Blocks.Skip(height));
        return branch.Blocks[^1];
    }

    /// <summary>The application goes away; the ledger stays.</summary>
    public async Task StopListeningAsync()
    {
        if (_app is not { } app) return;
        _app = null;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>The application comes back at the same port.</summary>
    public Task ListenAgainAsync() => ListenAsync(Root.GetLeftPart(UriPartial.Authority));

    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        await _ledger.DisposeAsync();
    }

    // The node that makes the ledger's blocks, once there is one to make.
    private ExampleChain Maker => ReferenceEquals(Chain, ExampleChain.Example) ? Chain = Chain.Branch(Chain.Blocks.Count) : Chain;

    private async Task ListenAsync(string url)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        _app = builder.Build();
        _app.MapGroup(_path).MapConiunctum(_ledger);
        await _app.StartAsync();
        Root = new Uri($"{_app.Urls.Single()}{_path}/");
    }

    private async Task TakeAsync(IEnumerable<HashedBlock> blocks)
    {
        foreach (HashedBlock block in blocks) await _ledger.SubmitBlockAsync(block);
        await _ledger.WaitUntilSettledAsync();
    }
}
