using System.Reflection;
using System.Text;
using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Coniunctum.AspNetCore;

/// <summary>Changes of the best chain as server-sent events (HTML, § 9.2), each with the cursor behind it as its id.</summary>
internal sealed class ChangeStream : IResult, IEndpointMetadataProvider, IAsyncDisposable
{
    private const string MediaType = "text/event-stream";

    // A browser that lost its connection asks again after a second.
    private const int RetryMilliseconds = 1_000;

    private readonly BlockId _cursor;
    private readonly LedgerApiOptions _options;
    private readonly CancellationTokenSource _ending;
    private readonly Action _close;
    private readonly IAsyncEnumerator<LedgerEvent> _events;
    private Task<bool> _next = Task.FromResult(false);

    /// <summary>Makes a stream.</summary>
    /// <param name="ledger">Whose changes.</param>
    /// <param name="cursor">Behind what.</param>
    /// <param name="options">How it is served.</param>
    /// <param name="ending">Cancelled when whoever asked has left, or the server stops. The stream disposes it.</param>
    /// <param name="close">Called once, when it is over.</param>
    public ChangeStream(LedgerHost ledger, BlockId cursor, LedgerApiOptions options, CancellationTokenSource ending, Action close)
    {
        (_cursor, _options, _ending, _close) = (cursor, options, ending, close);
        _events = ledger.Chain.EventsWithFinalityAsync(cursor, ending.Token).GetAsyncEnumerator(ending.Token);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [MediaType]));
        ProblemAnswer.Describe(builder, StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status410Gone, StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Looks for the first event, so that what cannot be told is refused before anything is sent.</summary>
    public async Task BeginAsync()
    {
        _next = _events.MoveNextAsync().AsTask();
        try
        {
            if (_next.IsCompleted) await _next.ConfigureAwait(false);
        }
        catch (InvalidOperationException exception) when (exception is not ObjectDisposedException)
        {
            throw new ApiProblemException(StatusCodes.Status410Gone, exception.Message);
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.ContentType = MediaType;
        // No proxy is to gather events.
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await WriteAsync(response, Invariant($"retry: {RetryMilliseconds}\nid: {_cursor}\n\n")).ConfigureAwait(false);
            while (await NextAsync(httpContext).ConfigureAwait(false))
            {
                ChangeModel change = ModelFactory.Change(_events.Current, _options.Time!.GetUtcNow());
                await WriteAsync(response, $"event: {change.Event}\nid: {change.Cursor}\ndata: {JsonSerializer.Serialize(change, LedgerJson.TypeOf<ChangeModel>())}\n\n").ConfigureAwait(false);
                _next = _events.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // Whoever asked has left, or the server stops.
        }
        catch (Exception exception) when (exception is LedgerHaltedException or InvalidOperationException or IOException or InvalidDataException)
        {
            // The stream ends; whoever resumes it is told why.
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _events.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
        _close();
    }

    /// <summary>Waits for the next event, and says now and then that nothing has happened.</summary>
    private async Task<bool> NextAsync(HttpContext context)
    {
#pragma warning disable VSTHRD003 // Started by this class; it waits for nothing that the caller holds.
        while (!_next.IsCompleted)
        {
            using (var waited = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token))
            {
                await Task.WhenAny(_next, Task.Delay(_options.Heartbeat, _options.Time!, waited.Token)).ConfigureAwait(false);
                await waited.CancelAsync().ConfigureAwait(false);
            }

            _ending.Token.ThrowIfCancellationRequested();
            if (!_next.IsCompleted) await WriteAsync(context.Response, ": nothing yet\n\n").ConfigureAwait(false);
        }

        try
        {
            return await _next.ConfigureAwait(false);
        }
        catch (Exception exception) when (ApiLog.IsStoreFault(exception))
        {
            ApiLog.StoreFault(context, exception);
            throw;
        }
#pragma warning restore VSTHRD003
    }

    private async Task WriteAsync(HttpResponse response, string text)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), _ending.Token).ConfigureAwait(false);
        await response.Body.FlushAsync(_ending.Token).ConfigureAwait(false);
    }
}
