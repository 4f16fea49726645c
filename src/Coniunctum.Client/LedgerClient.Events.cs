using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Coniunctum.Client.Models;

namespace Coniunctum.Client;

/// <content>Changes of the best chain.</content>
public sealed partial class LedgerClient
{
    // The server sends a comment each 15 seconds at least.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Tells every change of the best chain without gaps over one connection; ends when the server ends it. After a reorganization it
    /// first tells what is disconnected.
    /// </summary>
    /// <param name="after">The <see cref="ChangeModel.Cursor"/> of the last change that is known; <c>null</c> for from now on.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public async IAsyncEnumerable<ChangeModel> EventsAsync(string? after = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (EventStreamReader.Item item in ReadEventsAsync(after, cancellation).ConfigureAwait(false))
        {
            if (item.Data.Length > 0) yield return Read(item);
        }
    }

    /// <summary>
    /// Tells every change of the best chain, and goes on behind the last one when the connection breaks or the server is started
    /// again: nothing is missing, and nothing comes twice. Ends only by <paramref name="cancellation"/>, or with an exception where
    /// the server refuses, as for a cursor of another chain.
    /// </summary>
    /// <param name="after">The <see cref="ChangeModel.Cursor"/> of the last change that is known; <c>null</c> for from now on.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public async IAsyncEnumerable<ChangeModel> FollowAsync(string? after = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? cursor = after;
        ulong final = 0;
        TimeSpan pause = s_firstPause;
        while (true)
        {
            IAsyncEnumerator<EventStreamReader.Item> items = ReadEventsAsync(cursor, cancellation).GetAsyncEnumerator(cancellation);
            await using (items.ConfigureAwait(false))
            {
                while (await TryMoveAsync(items, cancellation).ConfigureAwait(false))
                {
                    pause = s_firstPause;
                    cursor = items.Current.Id ?? cursor;
                    if (items.Current.Data.Length == 0) continue;
                    ChangeModel change = Read(items.Current);
                    // What is final is told anew on each connection.
                    if (change.Event is "final" && change.Height <= final) continue;
                    if (change.Event is "final") final = change.Height;
                    yield return change;
                }
            }

            await Task.Delay(pause, _time, cancellation).ConfigureAwait(false);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    /// <summary>Returns whether there is another one; not where the connection broke, which is worth another one.</summary>
    private static async ValueTask<bool> TryMoveAsync(IAsyncEnumerator<EventStreamReader.Item> items, CancellationToken cancellation)
    {
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or ApiProblemException { Status: >= 500 }
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    private static ChangeModel Read(in EventStreamReader.Item item)
    {
        try
        {
            if (JsonSerializer.Deserialize(item.Data, LedgerJson.TypeOf<ChangeModel>()) is { } change) return change;
        }
        catch (JsonException)
        {
            // Not what is expected, as below.
        }

        throw new ApiProblemException(200, "An event cannot be read: the server is of another version, or no ledger's.");
    }

    private async IAsyncEnumerable<EventStreamReader.Item> ReadEventsAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(LedgerRoutes.Events.Path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (after is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", after);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        await ThrowUnlessAnsweredAsync(response, cancellation).ConfigureAwait(false);
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var reader = new EventStreamReader(stream, s_silence, _time);
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } item) yield return item;
        }
    }
}
