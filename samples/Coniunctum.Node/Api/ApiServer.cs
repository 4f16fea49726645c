using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.Crypto.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coniunctum.Node.Api;

/// <summary>Serves a running ledger by HTTP over its socket, until it is disposed.</summary>
internal sealed class ApiServer : IAsyncDisposable, DevRoutes.IMap
{
    /// <summary>What all routes begin with.</summary>
    public const string Root = "/api/v1";

    private const int MostBodyBytes = 64 * 1024;
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;
    private readonly ApiSocket _socket;
    private readonly CancellationTokenSource _stopping;

    private ApiServer(WebApplication application, ApiSocket socket, CancellationTokenSource stopping) =>
        (_application, _socket, _stopping) = (application, socket, stopping);

    /// <summary>Starts to serve.</summary>
    /// <exception cref="Cli.BadInputException">The socket cannot be had.</exception>
    public static async Task<ApiServer> StartAsync(ApiSubject subject, ApiSocket socket, TimeProvider time, CancellationToken cancellation)
    {
        socket.Prepare();
        // Nothing is taken from files or the environment, and nothing is logged: this is no web site.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MostBodyBytes;
            options.ListenUnixSocket(socket.Path);
        });
        WebApplication application = builder.Build();
        var stopping = new CancellationTokenSource();
        var server = new ApiServer(application, socket, stopping);
        try
        {
            server.Map(new ApiAnswers(subject), subject.Ledger, time);
            new DevRoutes(subject.Control).AddTo(server);
            await application.StartAsync(cancellation);
            socket.Protect();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Streams of events end first: the server waits for what is under way.
        await _stopping.CancelAsync();
        using (var limit = new CancellationTokenSource(s_stopTime)) await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
        _socket.Remove();
        _stopping.Dispose();
    }

    private void Map(ApiAnswers answers, LedgerHost ledger, TimeProvider time)
    {
        _application.Use(ExplainAsync);
        _application.UseRouting();
        Get("/status", _ => answers.Status(), ApiJson.Default.StatusModel);
        Get("/profile", _ => answers.Profile(), ApiJson.Default.ProfileModel);
        Get("/peers", _ => answers.Peers(), ApiJson.Default.PeersModel);
        Get("/pool", _ => answers.Pool(), ApiJson.Default.PoolModel);
        Get("/blocks/{block}", context => answers.Block(Value(context, "block")), ApiJson.Default.BlockModel);
        Get("/transactions/{id}", context => answers.Transaction(Value(context, "id")), ApiJson.Default.TransactionModel);
        Get("/addresses/{address}", context => answers.Address(Value(context, "address")), ApiJson.Default.AddressModel);
        Get(
            "/addresses/{address}/transactions",
            context => answers.History(Value(context, "address"), context.Request.Query["limit"].FirstOrDefault(), context.Request.Query["after"].FirstOrDefault()),
            ApiJson.Default.HistoryModel);
        _application.MapPost($"{Root}/transactions", (RequestDelegate)(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            await WriteAsync(context, await answers.SubmitAsync(body.ToArray(), context.RequestAborted), ApiJson.Default.SubmittedModel);
        }));
        _application.MapGet($"{Root}/events", (RequestDelegate)(context => StreamAsync(context, answers, ledger, time)));
        _application.MapFallback((RequestDelegate)(context => throw new ApiFault(
            StatusCodes.Status404NotFound, $"There is nothing at {PrintableText.Of(context.Request.Path.Value ?? "")}.")));
    }

    void DevRoutes.IMap.Add<T>(bool isPost, string path, Func<HttpContext, CancellationToken, Task<T>> answer, JsonTypeInfo<T> type)
    {
        var answering = (RequestDelegate)(async context =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
            await WriteAsync(context, await answer(context, ending.Token), type);
        });
        _ = isPost ? _application.MapPost(Root + path, answering) : _application.MapGet(Root + path, answering);
    }

    private void Get<T>(string route, Func<HttpContext, T> answer, JsonTypeInfo<T> type) =>
        _application.MapGet(Root + route, (RequestDelegate)(context => WriteAsync(context, answer(context), type)));

    private static string Value(HttpContext context, string name) => (string)context.GetRouteValue(name)!;

    private static async Task WriteAsync<T>(HttpContext context, T model, JsonTypeInfo<T> type)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(model, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>One JSON object a line for each change of the best chain from now on.</summary>
    private async Task StreamAsync(HttpContext context, ApiAnswers answers, LedgerHost ledger, TimeProvider time)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        context.Response.ContentType = "application/x-ndjson";
        await context.Response.StartAsync(ending.Token);
        try
        {
            await foreach (LedgerEvent change in ledger.EventsAsync(ledger.Tip.Id, ending.Token))
            {
                byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(answers.ModelOf(change, time.GetUtcNow()), ApiJson.Default.ChangeModel), (byte)'\n'];
                await context.Response.Body.WriteAsync(line, ending.Token);
                await context.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Who asked has left, or the node stops.
        }
    }

    private static async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && StatusOf(exception) is { } status)
        {
            context.Response.StatusCode = status;
            await WriteAsync(context, new ErrorModel(exception.Message), ApiJson.Default.ErrorModel);
        }
    }

    private static int? StatusOf(Exception exception) => exception switch
    {
        ApiFault fault => fault.Status,
        BadHttpRequestException bad => bad.StatusCode,
        LedgerHaltedException or ObjectDisposedException => StatusCodes.Status503ServiceUnavailable,
        IOException or InvalidDataException => StatusCodes.Status500InternalServerError,
        OperationCanceledException => StatusCodes.Status503ServiceUnavailable,
        _ => null,
    };

    /// <summary>Signals are the program's own business.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
