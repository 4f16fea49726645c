using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.Client.Models;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Client;

/// <summary>Asks a ledger that another program serves over HTTP. Safe to use from several threads.</summary>
/// <remarks>
/// May change in any release. Each method throws <see cref="ApiProblemException"/> for a request that the server refuses or an answer
/// that cannot be read, and <see cref="HttpRequestException"/> where no server answers.
/// </remarks>
public sealed partial class LedgerClient
{
    // A block of the largest size, of which each byte takes two digits, and as much again.
    private const int MaxAnswerBytes = 256 * 1024 * 1024;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <summary>Makes a client.</summary>
    /// <param name="http">What carries the requests; its base address is where the ledger is mapped, with a slash at the end. Its owner disposes it.</param>
    /// <param name="time">The clock by which <see cref="FollowAsync"/> waits; <c>null</c> for the system's.</param>
    /// <exception cref="ArgumentException"><paramref name="http"/> has no such base address.</exception>
    public LedgerClient(HttpClient http, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.BaseAddress?.AbsolutePath.EndsWith('/') != true)
            throw new ArgumentException("The HttpClient must have a base address: where the ledger is mapped, with a slash at the end.", nameof(http));
        (_http, _time) = (http, time ?? TimeProvider.System);
    }

    /// <summary>Returns how the ledger is.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<StatusModel> StatusAsync(CancellationToken cancellation = default) => GetAsync<StatusModel>(LedgerRoutes.Status.Path, cancellation);

    /// <summary>Returns the chain's profile, with which transactions are signed.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="InvalidDataException">The server's profile has parts that this program does not know.</exception>
    public async Task<ChainProfile> ProfileAsync(CancellationToken cancellation = default)
    {
        ProfileModel model = await GetAsync<ProfileModel>(LedgerRoutes.Profile.Path, cancellation).ConfigureAwait(false);
        ProfileOutcome outcome = ProfileFile.Read(model.Profile);
        return outcome.Profile ?? throw new InvalidDataException($"The server's profile cannot be used: {outcome.Message}");
    }

    /// <summary>Returns the connections with other nodes.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<PeersModel> PeersAsync(CancellationToken cancellation = default) => GetAsync<PeersModel>(LedgerRoutes.Peers.Path, cancellation);

    /// <summary>Returns what waits for a block.</summary>
    /// <param name="limit">How many transactions are listed: 0 to 100.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<PoolModel> PoolAsync(int limit = 0, CancellationToken cancellation = default) => GetAsync<PoolModel>(Invariant($"{LedgerRoutes.Pool.Path}?limit={limit}"), cancellation);

    /// <summary>Returns blocks without their transactions, the newest first.</summary>
    /// <param name="to">The height of the first; <c>null</c> for the tip.</param>
    /// <param name="count">How many at most: 1 to 100.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<BlocksModel> BlocksAsync(ulong? to = null, int count = 20, CancellationToken cancellation = default) =>
        GetAsync<BlocksModel>(Invariant($"{LedgerRoutes.Blocks.Path}?count={count}{(to is { } height ? $"&to={height}" : "")}"), cancellation);

    /// <summary>Returns a block with its transactions.</summary>
    /// <param name="block">Its height, its id, or the word <c>tip</c>.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<BlockModel> BlockAsync(string block, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(block);
        return GetAsync<BlockModel>(LedgerRoutes.Block.With(block), cancellation);
    }

    /// <summary>Returns headers of the best chain, the oldest first.</summary>
    /// <param name="from">The height of the first.</param>
    /// <param name="count">How many at most: 1 to 1,000.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<HeadersModel> HeadersAsync(ulong from = 0, int count = 100, CancellationToken cancellation = default) =>
        GetAsync<HeadersModel>(Invariant($"{LedgerRoutes.Headers.Path}?from={from}&count={count}"), cancellation);

    /// <summary>Returns the heads of branches beside the best chain.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<ForksModel> ForksAsync(CancellationToken cancellation = default) => GetAsync<ForksModel>(LedgerRoutes.Forks.Path, cancellation);

    /// <summary>Returns a transaction.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<TransactionModel> TransactionAsync(string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return GetAsync<TransactionModel>(LedgerRoutes.Transaction.With(id), cancellation);
    }

    /// <summary>Returns a proof that a transaction is in a block.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<InclusionProofModel> TransactionProofAsync(string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return GetAsync<InclusionProofModel>(LedgerRoutes.TransactionProof.With(id), cancellation);
    }

    /// <summary>Returns a receipt of a transaction: what shows to someone without a ledger that a block holds it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<ReceiptModel> TransactionReceiptAsync(string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return GetAsync<ReceiptModel>(LedgerRoutes.TransactionReceipt.With(id), cancellation);
    }

    /// <summary>Returns what an address owns.</summary>
    /// <param name="address">The address, in the network's own form.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<AddressModel> AddressAsync(string address, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return GetAsync<AddressModel>(LedgerRoutes.Address.With(address), cancellation);
    }

    /// <summary>Returns a page of what an address has sent and received, the newest first.</summary>
    /// <param name="address">The address, in the network's own form.</param>
    /// <param name="limit">How many at most: 1 to 1,000.</param>
    /// <param name="after">What the page before gave as <see cref="HistoryModel.Next"/>; <c>null</c> for the first page.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<HistoryModel> HistoryAsync(string address, int limit = 20, string? after = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return GetAsync<HistoryModel>(Invariant($"{LedgerRoutes.History.With(address)}?limit={limit}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"), cancellation);
    }

    /// <summary>Returns a proof of what an address owns.</summary>
    /// <param name="address">The address, in the network's own form.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<StateProofModel> AddressProofAsync(string address, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return GetAsync<StateProofModel>(LedgerRoutes.AddressProof.With(address), cancellation);
    }

    /// <summary>Returns what stands under a key of an application.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key; at least 1 byte.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<EntryModel> EntryAsync(AppId application, ReadOnlyMemory<byte> key, CancellationToken cancellation = default) =>
        GetAsync<EntryModel>(LedgerRoutes.Entry.With(application.ToString(), Convert.ToHexStringLower(key.Span)), cancellation);

    /// <summary>Returns a proof of what stands under a key of an application.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key; at least 1 byte.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<StateProofModel> EntryProofAsync(AppId application, ReadOnlyMemory<byte> key, CancellationToken cancellation = default) =>
        GetAsync<StateProofModel>(LedgerRoutes.EntryProof.With(application.ToString(), Convert.ToHexStringLower(key.Span)), cancellation);

    /// <summary>Submits a signed transaction. One that is refused is an answer, not an exception.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="profile">The chain's profile, as <see cref="ProfileAsync"/> returns it.</param>
    /// <param name="cancellation">Stops waiting; the transaction may be in the pool all the same.</param>
    /// <exception cref="ArgumentException">The profile's format cannot express the transaction.</exception>
    public Task<SubmittedModel> SubmitAsync(Transaction transaction, ChainProfile profile, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(profile);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        profile.Format.Codec.WriteTransaction(ref writer, transaction, 0);
        writer.Flush();
        return SubmitAsync(buffer.WrittenMemory, cancellation);
    }

    /// <summary>Submits a signed transaction in its canonical encoding. One that is refused is an answer, not an exception.</summary>
    /// <param name="encoded">The encoding.</param>
    /// <param name="cancellation">Stops waiting; the transaction may be in the pool all the same.</param>
    public async Task<SubmittedModel> SubmitAsync(ReadOnlyMemory<byte> encoded, CancellationToken cancellation = default)
    {
        using var content = new ReadOnlyMemoryContent(encoded);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return await SendAsync(HttpMethod.Post, LedgerRoutes.Submit.Path, content, LedgerJson.TypeOf<SubmittedModel>(), cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks by a route that a program serves beside those of <see cref="LedgerRoutes"/>.</summary>
    /// <param name="method">How.</param>
    /// <param name="path">The path below <see cref="LedgerRoutes.Root"/>, and the query.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <typeparam name="T">The answer.</typeparam>
    public Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(type);
        return SendAsync(method, path, null, type, cancellation);
    }

    private Task<T> GetAsync<T>(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, LedgerJson.TypeOf<T>(), cancellation);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, At(path)) { Content = content };
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        await ThrowUnlessAnsweredAsync(response, cancellation).ConfigureAwait(false);
        return Deserialize(await ReadAsync(response, cancellation).ConfigureAwait(false), type, response.StatusCode);
    }

    /// <summary>Relative, so that a ledger can be mapped below a prefix.</summary>
    private static Uri At(string path) => new($"{LedgerRoutes.Root[1..]}{path}", UriKind.Relative);

    private async Task ThrowUnlessAnsweredAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode) return;
        string? type = response.Content.Headers.ContentType?.MediaType;
        if (type is not "application/problem+json") throw new ApiProblemException((int)response.StatusCode, Invariant($"The server answers {(int)response.StatusCode}, and does not say why."));
        ProblemModel problem = Deserialize(await ReadAsync(response, cancellation).ConfigureAwait(false), LedgerJson.TypeOf<ProblemModel>(), response.StatusCode);
        throw new ApiProblemException((int)response.StatusCode, problem.Title);
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        // The handler's own limit ends with the headers.
        using var late = new CancellationTokenSource(s_silence, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(Invariant($"The answer has not come within {s_silence.TotalSeconds} s."), exception);
        }

        return await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
    }

    private static T Deserialize<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type, HttpStatusCode status)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, type) is { } answer) return answer;
        }
        catch (JsonException)
        {
            // Not what is expected, as below.
        }

        throw new ApiProblemException((int)status, "The server's answer cannot be read: it is of another version, or no ledger's.");
    }
}
