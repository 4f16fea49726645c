using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Api;

/// <summary>Asks a running node over its socket. The one client: commands, tests and local networks use it.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    // For what lasts as long as blocks take.
    private readonly HttpClient _patient;

    public ApiClient(ApiSocket socket)
    {
        Socket = socket;
        var handler = new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(socket.Path, cancellation), UseProxy = false };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://node"), Timeout = s_patience };
        _patient = new HttpClient(handler, disposeHandler: false) { BaseAddress = _http.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
    }

    public ApiSocket Socket { get; }

    public Task<StatusModel> StatusAsync(CancellationToken cancellation) => GetAsync("/status", ApiJson.Default.StatusModel, cancellation);

    public Task<PeersModel> PeersAsync(CancellationToken cancellation) => GetAsync("/peers", ApiJson.Default.PeersModel, cancellation);

    public Task<BlockModel> BlockAsync(string block, CancellationToken cancellation) => GetAsync($"/blocks/{Uri.EscapeDataString(block)}", ApiJson.Default.BlockModel, cancellation);

    public Task<TransactionModel> TransactionAsync(string id, CancellationToken cancellation) =>
        GetAsync($"/transactions/{Uri.EscapeDataString(id)}", ApiJson.Default.TransactionModel, cancellation);

    public Task<AddressModel> AddressAsync(string address, CancellationToken cancellation) =>
        GetAsync($"/addresses/{Uri.EscapeDataString(address)}", ApiJson.Default.AddressModel, cancellation);

    public Task<HistoryModel> HistoryAsync(string address, int limit, string? after, CancellationToken cancellation) => GetAsync(
        Invariant($"/addresses/{Uri.EscapeDataString(address)}/transactions?limit={limit}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"), ApiJson.Default.HistoryModel, cancellation);

    /// <summary>Returns the chain's profile.</summary>
    public async Task<ChainProfile> ProfileAsync(CancellationToken cancellation)
    {
        ProfileOutcome outcome = ProfileFile.Read((await GetAsync("/profile", ApiJson.Default.ProfileModel, cancellation)).Profile);
        return outcome.Profile ?? throw new BadInputException(outcome.Message);
    }

    /// <summary>Submits a signed transaction.</summary>
    public async Task<SubmittedModel> SubmitAsync(Transaction transaction, ChainProfile profile, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(Encode(transaction, profile));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using HttpResponseMessage response = await SendAsync(() => _http.PostAsync(new Uri($"{ApiServer.Root}/transactions", UriKind.Relative), content, cancellation), cancellation);
        return await ReadAsync(response, ApiJson.Default.SubmittedModel, cancellation);
    }

    /// <summary>Tells of each change of the best chain from now on; ends when the node does.</summary>
    public async IAsyncEnumerable<ChangeModel> ChangesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(
            () => _http.GetAsync(new Uri($"{ApiServer.Root}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation), cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation), Encoding.UTF8);
        while (await ReadLineAsync(reader, cancellation) is { } line) yield return JsonSerializer.Deserialize(line, ApiJson.Default.ChangeModel)!;
    }

    /// <summary>Asks for what a development chain is, by a route below /dev.</summary>
    public Task<T> DevAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellation) => GetAsync($"/dev/{route}", type, cancellation);

    /// <summary>Lets a development chain do something, however long its blocks take.</summary>
    public async Task<T> DoAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(() => _patient.PostAsync(new Uri($"{ApiServer.Root}/dev/{route}", UriKind.Relative), null, cancellation), cancellation);
        return await ReadAsync(response, type, cancellation);
    }

    public void Dispose()
    {
        _patient.Dispose();
        _http.Dispose();
    }

    private static byte[] Encode(Transaction transaction, ChainProfile profile)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        profile.Format.Codec.WriteTransaction(ref writer, transaction, 0);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

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

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException && !cancellation.IsCancellationRequested)
        {
            // The node was killed in the middle of a line.
            return null;
        }
    }

    private async Task<T> GetAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(() => _http.GetAsync(new Uri(ApiServer.Root + route, UriKind.Relative), cancellation), cancellation);
        return await ReadAsync(response, type, cancellation);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
        try
        {
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize(body, type)!
                : throw new ApiFault((int)response.StatusCode, JsonSerializer.Deserialize(body, ApiJson.Default.ErrorModel)!.Error);
        }
        catch (JsonException)
        {
            throw new ApiFault((int)response.StatusCode, "The node's answer cannot be read: it is of another version.");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Func<Task<HttpResponseMessage>> send, CancellationToken cancellation)
    {
        try
        {
            return await send();
        }
        catch (HttpRequestException exception)
        {
            throw new NodeSilentException($"No node answers at {Quoted.Of(Socket.Path)}: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
        catch (TaskCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeSilentException(Invariant($"The node at {Quoted.Of(Socket.Path)} has not answered for {s_patience.TotalSeconds} s."), exception);
        }
    }
}
