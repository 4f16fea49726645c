using System.Net;
using System.Runtime.CompilerServices;
using Coniunctum.AspNetCore;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Microsoft.AspNetCore.Builder;

namespace Coniunctum.Benchmarks.Latency;

/// <summary>By the typed client, over loopback and a web server in this process.</summary>
internal sealed class OverHttp : ILatencyWay, IAsyncDisposable
{
    // Whoever submits more at once waits for one of them.
    private const int Connections = 64;

    private readonly WebApplication _application;
    private readonly HttpClient _http;
    private readonly LedgerClient _client;
    private readonly ChainProfile _profile;

    private OverHttp(WebApplication application, ChainProfile profile)
    {
        (_application, _profile) = (application, profile);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Connections + 1 }) { BaseAddress = new Uri($"{application.Urls.First()}/"), Timeout = Timeout.InfiniteTimeSpan };
        _client = new LedgerClient(_http);
    }

    public string Name => "over HTTP";

    public static async Task<OverHttp> StartAsync(LedgerHost ledger)
    {
        WebApplication application = ApiHost.Build(options => options.Listen(IPAddress.Loopback, 0));
        application.MapConiunctum(ledger, options => (options.AllowSubmit, options.Explorer) = (true, false));
        await application.StartAsync();
        return new OverHttp(application, ledger.Profile);
    }

    public async Task SubmitAsync(Transaction transfer)
    {
        SubmittedModel submitted = await _client.SubmitAsync(transfer, _profile);
        if (!submitted.Accepted) throw new InvalidOperationException($"A transfer was not taken: {submitted.Message}");
    }

    public async IAsyncEnumerable<(ulong Height, IEnumerable<TransactionId> Transactions)> BlocksAsync(BlockId after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ChangeModel change in _client.EventsAsync(after.ToString(), cancellation))
        {
            if (change.Event is "block") yield return (change.Height, change.Transactions.Select(id => TransactionId.Parse(id)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await ApiHost.StopAsync(_application);
    }
}
