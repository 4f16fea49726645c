using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Coniunctum.Node.Api;

/// <summary>Shows the ledger's instruments to Prometheus, by OpenTelemetry's exporter: <c>coniunctum.chain.height</c> as <c>coniunctum_chain_height</c>, and so on.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Where they are scraped.</summary>
    public const string Path = "/metrics";

    private static readonly string[] s_read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Begins to measure; whoever has the provider disposes it.</summary>
    public static MeterProvider Measure() => Sdk.CreateMeterProviderBuilder().AddMeter(LedgerDiagnostics.MeterName).AddPrometheusExporter().Build();

    /// <summary>Lets a server show what is measured.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, MeterProvider measured) => endpoints
        .MapPrometheusScrapingEndpoint(Path, measured, configureBranchedPipeline: null, optionsName: null)
        .WithMetadata(new HttpMethodMetadata(s_read));
}
