using System.Text.Json;
using System.Threading.Channels;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;
using Coniunctum.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.Node.Api;

/// <summary>
/// Copies a running ledger into a new file, at a path as this process sees it: <c>POST /api/v1/backup?path=</c>. Only the socket has
/// it, whose user may do what this process may. The answer is a JSON object a line, until the copy is durable under its name; whoever
/// leaves before gives it up.
/// </summary>
/// <param name="store">The ledger's file; <c>null</c> where it is kept in memory.</param>
internal sealed class BackupRoute(SqliteChainStore? store)
{
    /// <summary>The route's path.</summary>
    public const string Path = "/backup";

    /// <summary>Adds the route.</summary>
    public void AddTo(WebApplication application) =>
        application.MapPost(LedgerRoutes.Root + Path, (RequestDelegate)(context => AnswerAsync(context, application.Lifetime.ApplicationStopping)));

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="stopping">Is cancelled when the server stops.</param>
    public async Task AnswerAsync(HttpContext context, CancellationToken stopping)
    {
        SqliteChainStore source = store ?? throw new ApiProblemException(StatusCodes.Status409Conflict, "The ledger is kept in memory: it has no file that could be copied.");
        string path = context.Request.Query["path"].FirstOrDefault() ?? "";
        // Relative to what, only whoever asks would know.
        if (!System.IO.Path.IsPathFullyQualified(path) || path.Contains('\0', StringComparison.Ordinal))
            throw new ApiProblemException(StatusCodes.Status400BadRequest, $"path is {Quoted.Of(path)}; expected a full path of a new file.");
        if (System.IO.Path.Exists(path)) throw new ApiProblemException(StatusCodes.Status409Conflict, $"{Quoted.Of(path)} is there already; expected a new file.");

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        // Of steps that whoever asks is too slow for only the newest matters.
        var steps = Channel.CreateBounded<StoreProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        var copying = Task.Run(() => Copy(source, path, steps.Writer, ending.Token), CancellationToken.None);
        try
        {
            context.Response.ContentType = "application/x-ndjson";
            await context.Response.StartAsync(context.RequestAborted);
            await foreach (StoreProgress step in steps.Reader.ReadAllAsync(context.RequestAborted)) await WriteAsync(context, new BackupModel(step.Done, step.Total));
            await WriteAsync(context, await copying);
        }
        finally
        {
            await ending.CancelAsync();
            await copying;
        }
    }

    private static BackupModel Copy(SqliteChainStore source, string path, ChannelWriter<StoreProgress> steps, CancellationToken cancellation)
    {
        try
        {
            return new BackupModel(0, 0, DbBackup.Copy(source, path, new Steps(steps), cancellation));
        }
        catch (Exception exception) when (StatusOf(exception) is { } status)
        {
            return new BackupModel(0, 0, Problem: new ProblemModel(exception is OperationCanceledException or ObjectDisposedException ? "The node stops, and the copy was given up." : exception.Message, status));
        }
        finally
        {
            steps.Complete();
        }
    }

    private static int? StatusOf(Exception exception) => exception switch
    {
        BadInputException => StatusCodes.Status409Conflict,
        OperationCanceledException or ObjectDisposedException => StatusCodes.Status503ServiceUnavailable,
        IOException or UnauthorizedAccessException or InvalidDataException => StatusCodes.Status500InternalServerError,
        _ => null,
    };

    private static async Task WriteAsync(HttpContext context, BackupModel line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, BackupJson.Default.BackupModel), (byte)'\n'];
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private sealed class Steps(ChannelWriter<StoreProgress> steps) : IProgress<StoreProgress>
    {
        public void Report(StoreProgress value) => steps.TryWrite(value);
    }
}
