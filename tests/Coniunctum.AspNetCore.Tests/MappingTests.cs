using System.Text.Json;
using Coniunctum.AspNetCore.Tests.Support;
using Coniunctum.Client;
using Coniunctum.Crypto;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>How ledgers become part of an app.</summary>
internal sealed class MappingTests
{
    [Test]
    public async Task App_InTenLines_HasALedgerAndAnApi()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddOpenApi();
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).StartAsync();
        await using WebApplication app = builder.Build();
        app.MapConiunctum(ledger);
        app.MapOpenApi();
        app.Urls.Add("http://127.0.0.1:0");
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"{app.Urls.First()}/") };
        Assert.That((await new LedgerClient(http).StatusAsync()).ChainId, Is.EqualTo(ledger.ChainId.ToString()));
    }

    [Test]
    public async Task Ledgers_OfOneApp_BelowPrefixesAndByName_DoNotMeet()
    {
        await using ForkedLedger alpha = await ForkedLedger.StartAsync(), beta = await ForkedLedger.StartAsync();
        await alpha.ExtendAsync(1);
        await beta.ExtendAsync(2);
        await using Site site = await Site.StartAsync(
            app =>
            {
                app.MapGroup("/alpha").MapConiunctum("alpha");
                app.MapGroup("/beta").MapConiunctum("beta", options => options.AllowSubmit = true);
            },
            builder =>
            {
                builder.Services.AddKeyedSingleton("alpha", alpha.Ledger);
                builder.Services.AddKeyedSingleton("beta", beta.Ledger);
            });
        LedgerClient first = Client(site, "alpha/"), second = Client(site, "beta/");
        Assert.That(((await first.StatusAsync()).Height, (await second.StatusAsync()).Height), Is.EqualTo((1UL, 2UL)));
        Assert.That(((await first.StatusAsync()).TakesTransactions, (await second.StatusAsync()).TakesTransactions), Is.EqualTo((false, true)));
        Assert.That((await EventTests.ReadAsync(second.EventsAsync(beta.Ledger.ChainId.ToString()), 2)).Select(change => change.Id), Is.EqualTo(beta.Forge.ChainTo(beta.Tip).Select(block => block.Id.ToString())));
        Assert.That((await site.GetAsync("api/v1/status")).Status, Is.EqualTo(404), "nothing is mapped at the root");
        Assert.That((await site.GetAsync($"alpha/api/v1/blocks/{beta.Tip.Id}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Conventions_HoldForAllEndpoints()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        int endpoints = 0;
        await using Site site = await Site.StartAsync(app =>
        {
            app.MapConiunctum(chain.Ledger, options => options.AllowSubmit = true).WithMetadata("marked");
            endpoints = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Count(endpoint => endpoint.Metadata.GetMetadata<string>() is "marked");
        });
        Assert.That(endpoints, Is.GreaterThanOrEqualTo(LedgerRoutes.All.Count));
    }

    [Test]
    public async Task Endpoints_AreTheRoutesOfTheTable()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        LedgerRoute[] served = [];
        await using Site site = await Site.StartAsync(app =>
        {
            app.MapConiunctum(chain.Ledger, options => options.AllowSubmit = true);
            RouteEndpoint[] all = [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];
            served = [.. all.Select(endpoint => endpoint.Metadata.GetMetadata<LedgerRoute>()).OfType<LedgerRoute>()];
            Assert.That(all.Where(endpoint => endpoint.Metadata.GetMetadata<LedgerRoute>() is { } route && endpoint.RoutePattern.RawText != LedgerRoutes.Root + route.Path), Is.Empty);
        });
        Assert.That(served, Is.EquivalentTo(LedgerRoutes.All));
    }

    [Test]
    public async Task OpenApi_OfTheFramework_HasEveryRoute_WithItsAnswerAndItsProblems()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(
            app =>
            {
                app.MapConiunctum(chain.Ledger, options => options.AllowSubmit = true);
                app.MapOpenApi();
            },
            builder => builder.Services.AddOpenApi());
        (int status, string body, _) = await site.GetAsync("openapi/v1.json");
        Assert.That(status, Is.EqualTo(200), body);
        JsonElement paths = JsonDocument.Parse(body).RootElement.GetProperty("paths");
        foreach (LedgerRoute route in LedgerRoutes.All)
        {
            JsonElement operation = paths.GetProperty(LedgerRoutes.Root + route.Path).GetProperty(route.Method.ToLowerInvariant());
            Assert.That(operation.GetProperty("summary").GetString(), Is.EqualTo(route.Summary));
            JsonElement responses = operation.GetProperty("responses");
            Assert.That(responses.TryGetProperty("200", out _) && responses.GetProperty("400").GetProperty("content").TryGetProperty("application/problem+json", out _), Is.True, route.Path);
            string[] named = [.. (operation.TryGetProperty("parameters", out JsonElement parameters) ? parameters.EnumerateArray() : default).Select(parameter => parameter.GetProperty("name").GetString()!)];
            string[] expected = [.. route.Path.Split('{').Skip(1).Select(part => part.Split('}')[0]), .. route.Query];
            Assert.That(named, Is.EquivalentTo(expected), route.Path);
        }

        Assert.That(paths.EnumerateObject().Count(), Is.EqualTo(LedgerRoutes.All.Select(route => route.Path).Distinct().Count()), "and nothing else");
    }

    private static LedgerClient Client(Site site, string prefix) => new(new HttpClient { BaseAddress = new Uri(site.Address, prefix) });
}
