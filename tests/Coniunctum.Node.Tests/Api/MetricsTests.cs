using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Api;

/// <summary>What Prometheus finds at the port of a node or development chain that is asked to measure.</summary>
internal sealed partial class MetricsTests
{
    private readonly TestFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Scrape_OfADevelopmentChain_ShowsItsHeight_WhichRises()
    {
        await using BackgroundRun dev = BackgroundRun.Start(_folder["dev"], "dev", "--ephemeral", "--block-time", "20ms", "--threads", "1", "--http", "0", "--metrics");
        JsonElement started = await dev.NextAsync("started");
        using var http = new HttpClient { BaseAddress = new Uri(started.GetProperty("http").GetString()!) };
        string chain = started.GetProperty("chainId").GetString()![..16];
        await dev.NextAsync("block");
        long first = await HeightAsync(http, chain);
        Assert.That(first, Is.Positive);
        // What was scraped is kept for a moment.
        while (await HeightAsync(http, chain) <= first) await dev.NextAsync("block");
        string text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string[] expected = ["coniunctum_chain_blocks_connected_total", "coniunctum_pool_transactions", "coniunctum_store_commit_duration_seconds_bucket", "coniunctum_mining_hashes_total", "coniunctum_halted"];
        Assert.That(expected.Where(name => !text.Contains($"{name}{{", StringComparison.Ordinal)), Is.Empty, text);

        using HttpResponseMessage posted = await http.PostAsync(new Uri("/metrics", UriKind.Relative), null);
        Assert.That(posted.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public async Task Scrape_WhereNothingIsToBeMeasured_FindsNothing()
    {
        await using BackgroundRun dev = BackgroundRun.Start(_folder["plain"], "dev", "--ephemeral", "--block-time", "20ms", "--threads", "1", "--http", "0");
        using var http = new HttpClient { BaseAddress = new Uri((await dev.NextAsync("started")).GetProperty("http").GetString()!) };
        using HttpResponseMessage answer = await http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("dev", "--ephemeral", "--metrics", "--http", "off")]
    [TestCase("node", "--new", "x", "--metrics")]
    public async Task Metrics_WithoutAPort_AreRefused(params string[] args)
    {
        Invocation run = await Invocation.InFolderAsync(_folder["none"], args);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, "coniunctum: --metrics: there is no port to show them at; expected --http [HOST:]PORT beside it.\n")));
    }

    private static async Task<long> HeightAsync(HttpClient http, string chain)
    {
        string text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Match height = Height().Matches(text).Single(line => line.Groups["labels"].Value.Contains($"coniunctum_chain=\"{chain}\"", StringComparison.Ordinal));
        return long.Parse(height.Groups["value"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^coniunctum_chain_height\{(?<labels>[^}]*)\} (?<value>\d+)", RegexOptions.Multiline)]
    private static partial Regex Height();
}
