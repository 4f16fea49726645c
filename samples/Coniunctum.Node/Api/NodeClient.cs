using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.Client;
using Coniunctum.Node.Cli;

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

    /// <summary>Asks for what a development chain is, by a route below /dev.</summary>
    public Task<T> DevAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellation) => Ledger.SendAsync(HttpMethod.Get, $"/dev/{route}", type, cancellation);

    /// <summary>Lets a development chain do something, however long its blocks take.</summary>
    public Task<T> DoAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellation) => Ledger.SendAsync(HttpMethod.Post, $"/dev/{route}", type, cancellation);

    public void Dispose() => _http.Dispose();

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
