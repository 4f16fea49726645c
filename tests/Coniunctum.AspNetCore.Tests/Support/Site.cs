using System.Text.Json;
using Coniunctum.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Coniunctum.AspNetCore.Tests.Support;

/// <summary>A web app that serves ledgers at a port of this machine.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Site(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri($"{app.Urls.First()}/") };
        Client = new LedgerClient(Http);
    }

    public HttpClient Http { get; }

    public LedgerClient Client { get; }

    public Uri Address => Http.BaseAddress!;

    public static Task<Site> StartAsync(LedgerHost ledger, Action<LedgerApiOptions>? configure = null) => StartAsync(app => app.MapConiunctum(ledger, configure));

    /// <summary>Starts an app.</summary>
    /// <param name="map">Maps what it serves.</param>
    /// <param name="build">Adds services.</param>
    public static async Task<Site> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? build = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        build?.Invoke(builder);
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync();
        return new Site(app);
    }

    /// <summary>Asks, and returns what came.</summary>
    public async Task<(int Status, string Body, HttpResponseMessage Response)> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach ((string name, string value) in headers) Assert.That(request.Headers.TryAddWithoutValidation(name, value));
        HttpResponseMessage response = await Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    public Task<(int Status, string Body, HttpResponseMessage Response)> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>The title of a problem, after looking that it is one.</summary>
    public static string TitleOf((int Status, string Body, HttpResponseMessage Response) answer)
    {
        Assert.That(answer.Response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"), answer.Body);
        JsonElement problem = JsonDocument.Parse(answer.Body).RootElement;
        Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo(answer.Status));
        return problem.GetProperty("title").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
