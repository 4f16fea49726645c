using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coniunctum.Node.Api;

/// <summary>What the servers of this program have in common: Kestrel and routing, and nothing else.</summary>
internal static class ApiHost
{
    private const int MostBodyBytes = 64 * 1024;
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(2);

    /// <summary>Makes a server that is not started. Nothing is taken from files or the environment, and nothing is logged: this is no web site.</summary>
    /// <param name="listen">Says where it listens.</param>
    public static WebApplication Build(Action<KestrelServerOptions> listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, DevJson.Default));
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MostBodyBytes;
            listen(options);
        });
        WebApplication application = builder.Build();
        application.Use(ExplainAsync);
        application.UseRouting();
        return application;
    }

    /// <summary>Stops a server: requests that are under way have two seconds.</summary>
    public static async Task StopAsync(WebApplication application)
    {
        using (var limit = new CancellationTokenSource(s_stopTime)) await application.StopAsync(limit.Token);
        await application.DisposeAsync();
    }

    /// <summary>Says why a request did not come as far as a route, or why a route of this program's own fails, as the ledger's routes do themselves.</summary>
    private static async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && StatusOf(exception) is { } status)
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(new ProblemModel(exception.Message, status), LedgerJson.TypeOf<ProblemModel>());
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/problem+json";
            context.Response.ContentLength = body.Length;
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static int? StatusOf(Exception exception) => exception switch
    {
        ApiProblemException problem => problem.Status,
        Microsoft.AspNetCore.Http.BadHttpRequestException bad => bad.StatusCode,
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
