using System.Net;
using System.Net.Sockets;
using Coniunctum.AspNetCore;
using Coniunctum.Client;
using Coniunctum.Node.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Metrics;

namespace Coniunctum.Node.Api;

/// <summary>
/// Serves a running ledger, and the explorer, by HTTP at a port: to everyone who can connect. What changes anything is the owner's
/// alone, by <see cref="OwnerAuthorization"/>.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    // Where the port was not asked for by name, so many above it will do.
    private const int MostTries = 100;

    private readonly WebApplication _application;
    private readonly MeterProvider? _measured;

    private HttpServer(WebApplication application, MeterProvider? measured) => (_application, _measured, Address) = (application, measured, application.Urls.First());

    /// <summary>Where it is reached.</summary>
    public string Address { get; }

    /// <summary>Starts to serve.</summary>
    /// <param name="subject">What.</param>
    /// <param name="listen">Where.</param>
    /// <param name="cookie">What the owner shows; <c>null</c> where nothing is to be changed. Its owner disposes it, after this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops starting.</param>
    /// <exception cref="BadInputException">The port that was asked for cannot be had.</exception>
    public static async Task<HttpServer> StartAsync(ApiSubject subject, HttpListen listen, ApiCookie? cookie, TimeProvider time, CancellationToken cancellation)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await StartAtAsync(subject, listen, cookie, time, cancellation);
            }
            catch (IOException exception) when (!listen.IsAsked && tries < MostTries && exception.InnerException is AddressInUseException)
            {
                listen = listen with { Endpoint = new IPEndPoint(listen.Endpoint.Address, listen.Endpoint.Port + 1) };
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                throw new BadInputException($"--http: nothing can be served at {listen.Endpoint}: {(exception.InnerException is AddressInUseException ? "the port is taken" : exception.Message)}; expected another port, or an address of this machine.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ApiHost.StopAsync(_application);
        _measured?.Dispose();
    }

    private static async Task<HttpServer> StartAtAsync(ApiSubject subject, HttpListen listen, ApiCookie? cookie, TimeProvider time, CancellationToken cancellation)
    {
        WebApplication application = ApiHost.Build(options => options.Listen(listen.Endpoint));
        MeterProvider? measured = listen.HasMetrics ? MetricsEndpoint.Measure() : null;
        try
        {
            if (IPAddress.IsLoopback(listen.Endpoint.Address)) application.Use(RefuseOtherNames);
            application.Use(new OwnerAuthorization(cookie).PassAsync);
            application.MapConiunctum(subject.Ledger, options =>
            {
                (options.Program, options.Time, options.AllowSubmit) = (subject.ToAnyone(), time, cookie is not null);
                if (subject.Control is { } control) new DevEndpoints(control).AddTo(options);
            });
            if (measured is not null) MetricsEndpoint.Map(application, measured);
            await application.StartAsync(cancellation);
            return new HttpServer(application, measured);
        }
        catch
        {
            measured?.Dispose();
            await ApiHost.StopAsync(application);
            throw;
        }
    }

    /// <summary>A page from elsewhere, whose name was made to lead to this machine, must not read what only this machine is served.</summary>
    private static Task RefuseOtherNames(HttpContext context, RequestDelegate next)
    {
        string name = context.Request.Host.Host.Trim('[', ']');
        bool isOwn = name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
        return isOwn ? next(context) : throw new ApiProblemException(StatusCodes.Status403Forbidden, "Only this machine is answered here, by the name localhost or its own address.");
    }
}
