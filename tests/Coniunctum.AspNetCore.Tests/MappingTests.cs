using System.Text.Json;
using Coniunctum.AspNetCore.Tests.Support;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Hosting;
using Coniunctum.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>How ledgers become part of an app.</summary>
internal sealed class MappingTests
{
    [Test]
    public async Task App_InTenLines_HasALedger_AnApi_HealthAndADocument()
    {
        // As samples/WebLedger, at a port that is free.
        WebApplicationBuilder builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_ => PrivateKey.Generate(SystemEntropy.Instance));
        builder.Services.AddConiunctum("shop").AddAuthority(services => services.GetRequiredService<PrivateKey>());
        builder.Services.AddHealthChecks().AddConiunctum("shop");
        builder.Services.AddOpenApi();
        await using WebApplication app = builder.Build();
        app.MapConiunctum("shop", options => options.AllowSubmit = true);
        app.MapHealthChecks("/health");
        app.MapOpenApi();
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"{app.Urls.First()}/") };
        var client = new LedgerClient(http);
        ChainProfile profile = await client.ProfileAsync();
        StatusModel status = await client.StatusAsync();
        PrivateKey key = app.Services.GetRequiredService<PrivateKey>();
        Transaction payment = Transfer.Sign(key, new Address(Sha3_256.Hash("friend"u8)), 5, new TransferContext(profile, BlockId.Parse(status.ChainId), status.Height, SystemEntropy.Instance));
        Assert.That((await client.SubmitAsync(payment, profile)).Accepted, Is.True);
        Assert.That((await EventTests.ReadAsync(client.FollowAsync(status.ChainId), 1))[0].Height, Is.EqualTo(1), "the payment is in a block");
        Assert.That(await http.GetStringAsync(new Uri("health", UriKind.Relative)), Is.EqualTo("Healthy"));
        Assert.That(await http.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative)), Does.Contain("/api/v1/blocks/{block}"));
        await app.StopAsync();
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

    /// <summary>What a program serves beside the ledger's routes is treated as they are.</summary>
    [Test]
    public async Task Routes_OfTheProgram_AreServedDescribedAndRefusedAsTheLedgers()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        var read = new LedgerRoute("GET", "/jar", "What is in the jar.");
        string? jar = null;
        await using Site site = await Site.StartAsync(
            app =>
            {
                app.MapConiunctum(chain.Ledger, options =>
                {
                    options.Routes.Add(new ProgramRoute(read, api => api.MapMethods(read.Path, ["GET", "HEAD"], () => jar ?? throw new ApiProblemException(404, "The jar is empty."))));
                    var fill = new LedgerRoute("POST", "/jar", "Fills the jar.", "with");
                    options.Routes.Add(new ProgramRoute(fill, api => api.MapPost(fill.Path, (string? with) => jar = with ?? throw new ApiProblemException(400, "with: expected something."))));
                });
                app.MapOpenApi();
            },
            builder => builder.Services.AddOpenApi());
        var empty = await site.GetAsync("api/v1/jar");
        Assert.That((empty.Status, Site.TitleOf(empty)), Is.EqualTo((404, "The jar is empty.")));
        Assert.That((await site.SendAsync(HttpMethod.Post, "api/v1/jar?with=honey")).Status, Is.EqualTo(200));
        Assert.That((await site.GetAsync("api/v1/jar")).Body, Is.EqualTo("honey"));
        await RefusesAsync(400, "'what' is no field of /jar; expected with.", "POST", "?what=tar");
        await RefusesAsync(400, "with: expected something.", "POST");
        await RefusesAsync(400, "/jar takes no body: its fields stand in the query.", "POST", "", new StringContent("with=tar"));
        await RefusesAsync(403, "A page of another origin must not change anything here.", "POST", "?with=tar", null, ("Origin", "http://elsewhere.example"));
        await RefusesAsync(405, "PUT is not what /api/v1/jar takes; expected GET or HEAD or POST.", "PUT");
        Assert.That(jar, Is.EqualTo("honey"));

        JsonElement paths = JsonDocument.Parse((await site.GetAsync("openapi/v1.json")).Body).RootElement.GetProperty("paths").GetProperty("/api/v1/jar");
        JsonElement post = paths.GetProperty("post");
        Assert.That((paths.GetProperty("get").GetProperty("summary").GetString(), post.GetProperty("summary").GetString()), Is.EqualTo((read.Summary, "Fills the jar.")));
        Assert.That(post.GetProperty("parameters")[0].GetProperty("name").GetString(), Is.EqualTo("with"));
        Assert.That(post.GetProperty("responses").GetProperty("400").GetProperty("content").TryGetProperty("application/problem+json", out _), Is.True);

        async Task RefusesAsync(int status, string title, string method, string query = "", HttpContent? content = null, params (string Name, string Value)[] headers)
        {
            var answer = await site.SendAsync(new HttpMethod(method), $"api/v1/jar{query}", content, headers);
            Assert.That((answer.Status, Site.TitleOf(answer)), Is.EqualTo((status, title)));
        }
    }

    private static LedgerClient Client(Site site, string prefix) => new(new HttpClient { BaseAddress = new Uri(site.Address, prefix) });
}
