using Coniunctum.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace Coniunctum.Node.Api;

/// <summary>Serves a running ledger by HTTP over its socket, until it is disposed: to its owner alone, who may do everything.</summary>
internal sealed class ApiServer : IAsyncDisposable
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
                new DevEndpoints(subject.Control).AddTo(options);
            });
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
}
