using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Node.Cli;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Api;

/// <summary>Asks a running node over its socket. Commands, tests and local networks use it.</summary>
internal sealed class NodeClient : IDisposable
{
    private readonly HttpClient _http;

    public NodeClient(ApiSocket socket)
    {
        var sockets = new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(socket.Path, cancellation), UseProxy = false };
        _http = new HttpClient(new SilenceHandler(socket, sockets)) { BaseAddress = new Uri("http://node/"), Timeout = Timeout.InfiniteTimeSpan };
        Ledger = new LedgerClient(_http);
    }

    /// <summary>What every ledger that is served can be asked.</summary>
    public LedgerClient Ledger { get; }

    /// <summary>Asks a development chain, or lets it do something, however long its blocks take.</summary>
    /// <param name="route">A route of <see cref="DevRoutes"/>.</param>
    /// <param name="query">The fields of the query; empty for none.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<T> DevAsync<T>(LedgerRoute route, string query, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        Ledger.SendAsync(HttpMethod.Parse(route.Method), query.Length == 0 ? route.Path : $"{route.Path}?{query}", type, cancellation);

    /// <summary>Lets the node copy its ledger into a new file.</summary>
    /// <param name="path">Where to, in full, as the node sees it.</param>
    /// <param name="progress">Is told how far it is, in pages.</param>
    /// <param name="cancellation">Gives the copy up.</param>
    /// <returns>The copy, which is whole and durable.</returns>
    public async Task<CopyModel> BackupAsync(string path, IProgress<StoreProgress> progress, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{LedgerRoutes.Root[1..]}{BackupRoute.Path}?path={Uri.EscapeDataString(path)}", UriKind.Relative));
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
            throw Problem(JsonSerializer.Deserialize(body, LedgerJson.TypeOf<ProblemModel>()));
        }

        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
            while (await lines.ReadLineAsync(cancellation) is { } line)
            {
                BackupModel step = JsonSerializer.Deserialize(line, BackupJson.Default.BackupModel) ?? throw new JsonException();
                if (step.Problem is not null) throw Problem(step.Problem);
                if (step.Copy is { } copy) return copy;
                progress.Report(new StoreProgress(step.Done, step.Total));
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            // In the middle of a line, as below.
        }

        throw new IOException("the node has ended before the copy was whole.");
    }

    public void Dispose() => _http.Dispose();

    private static ApiProblemException Problem(ProblemModel? problem) =>
        problem is null ? new ApiProblemException(500, "The node's answer cannot be read.") : new ApiProblemException(problem.Status, problem.Title);

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says of a node that does not answer where it should have been.</summary>
    private sealed class SilenceHandler(ApiSocket socket, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // What a development chain is let do lasts as long as its blocks take.
            bool isPatient = request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.StartsWith($"{LedgerRoutes.Root}/dev/", StringComparison.Ordinal);
            using var limit = new CancellationTokenSource(isPatient ? Timeout.InfiniteTimeSpan : s_patience);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                return await base.SendAsync(request, linked.Token);
            }
            catch (HttpRequestException exception)
            {
                throw new NodeSilentException($"No node answers at {Quoted.Of(socket.Path)}: {exception.InnerException?.Message ?? exception.Message}", exception);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new NodeSilentException(Invariant($"The node at {Quoted.Of(socket.Path)} has not answered for {s_patience.TotalSeconds} s."), exception);
            }
        }
    }
}
