using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.AspNetCore;
using Coniunctum.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coniunctum.Node.Api;

/// <summary>Serves a running ledger by HTTP over its socket, until it is disposed: to its owner alone, who may do everything.</summary>
internal sealed class ApiServer : IAsyncDisposable, DevRoutes.IMap
{
    private readonly WebApplication _application;
    private readonly ApiSocket _socket;

    private ApiServer(WebApplication application, ApiSocket socket) => (_application, _socket) = (application, socket);

    /// <summary>Starts to serve.</summary>
    /// <exception cref="Cli.BadInputException">The socket cannot be had.</exception>
    public static async Task<ApiServer> StartAsync(ApiSubject subject, ApiSocket socket, TimeProvider time, CancellationToken cancellation)
    {
        socket.Prepare();
        WebApplication application = ApiHost.Build(options => options.ListenUnixSocket(socket.Path));
        var server = new ApiServer(application, socket);
        try
        {
            application.MapConiunctum(subject.Ledger, options =>
            {
                options.AllowSubmit = true;
                options.Explorer = false;
                options.Program = subject.ToOwner();
                options.Time = time;
            });
            new DevRoutes(subject.Control).AddTo(server);
            new BackupRoute(subject.Store).AddTo(application);
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
        await ApiHost.StopAsync(_application);
        _socket.Remove();
    }

    void DevRoutes.IMap.Add<T>(bool isPost, string path, Func<HttpContext, CancellationToken, Task<T>> answer, JsonTypeInfo<T> type)
    {
        var answering = (RequestDelegate)(async context =>
        {
            // What is under way ends when the server does, whoever still waits for it.
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _application.Lifetime.ApplicationStopping);
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(await answer(context, ending.Token), type);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        });
        _ = isPost ? _application.MapPost(LedgerRoutes.Root + path, answering) : _application.MapGet(LedgerRoutes.Root + path, answering);
    }
}
