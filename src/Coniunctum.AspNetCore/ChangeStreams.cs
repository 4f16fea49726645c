using Coniunctum.Client;
using Coniunctum.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coniunctum.AspNetCore;

/// <summary>Streams of changes, as many as are allowed at once.</summary>
internal sealed class ChangeStreams(ServedLedger served)
{
    private int _open;

    /// <summary>Opens one behind a cursor, or from now on.</summary>
    /// <exception cref="ApiProblemException">The cursor is none, is not known here, or what follows it was pruned.</exception>
    public async Task<ChangeStream> OpenAsync(HttpContext context, string? after)
    {
        LedgerHost ledger = served.Running;
        BlockId cursor = CursorOf(ledger, context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } last] ? last : after);
        if (Interlocked.Increment(ref _open) > served.Options.MaxEventStreams)
        {
            Interlocked.Decrement(ref _open);
            context.Response.Headers.RetryAfter = "10";
            throw new ApiProblemException(StatusCodes.Status503ServiceUnavailable, Invariant($"{served.Options.MaxEventStreams} streams of events are open, the most that are served: try again later."));
        }

        CancellationToken stopping = context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        var stream = new ChangeStream(ledger, cursor, served.Options, CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping), () => Interlocked.Decrement(ref _open));
        try
        {
            await stream.BeginAsync().ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static BlockId CursorOf(LedgerHost ledger, string? text)
    {
        if (text is null) return ledger.Tip.Id;
        if (!BlockId.TryParse(text, out BlockId cursor)) throw Fields.Bad($"{Fields.Quoted(text)} is no cursor: expected the id of an event, 64 hexadecimal digits.");
        return ledger.Chain.FindHeader(cursor) is null ? throw Fields.NotFound($"No block {cursor} was ever part of this ledger's best chain: begin anew, without a cursor.") : cursor;
    }
}
