using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Api;

/// <summary>A development chain that is steered at its port, by the same routes as at its socket, by whoever shows the cookie.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
internal sealed class DevOverHttpTests
{
    private readonly TestFolder _folder = new();
    private BackgroundRun _chain = null!;
    private JsonElement _started;
    private HttpClient _http = null!;

    private string Cookie => _started.GetProperty("cookie").GetString()!;

    private string Secret => File.ReadAllText(Cookie);

    private static IEnumerable<LedgerRoute> Changes => DevRoutes.All.Append(LedgerRoutes.Submit).Where(route => !route.IsRead);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _chain = BackgroundRun.Start(_folder.Path, "dev", "--block-time", "20ms", "--threads", "1", "--http", "0");
        _started = await _chain.NextAsync("started");
        _http = new HttpClient { BaseAddress = new Uri(_started.GetProperty("http").GetString()!) };
    }

    [SetUp]
    public Task MineOnDemandAsync() => DoAsync(DevRoutes.SetMining, "mode=manual");

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        Assert.That(await _chain.StopAsync(), Is.Zero, _chain.Error);
        await _chain.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Chain_IsMined_GoesBack_AndIsReorganized()
    {
        ulong begin = Number(await DoAsync(DevRoutes.Mine, ""), "height");
        JsonElement taken = await DoAsync(DevRoutes.TakeSnapshot, "name=before");
        Assert.That((Number(taken, "height"), taken.GetProperty("tip").GetString()), Is.EqualTo((begin, (await BlockAsync("tip")).Id)));
        Assert.That(Number(await DoAsync(DevRoutes.Mine, "blocks=3"), "height"), Is.EqualTo(begin + 3));
        await DoAsync(DevRoutes.TakeSnapshot, "name=after");
        Assert.That(Number(await DoAsync(DevRoutes.Revert, "name=before"), "undone"), Is.EqualTo(3));
        Assert.That(await NamesAsync(), Has.Member("before").And.No.Member("after"));

        Assert.That(Number(await DoAsync(DevRoutes.Mine, "blocks=2"), "height"), Is.EqualTo(begin + 2));
        JsonElement made = await DoAsync(DevRoutes.Reorganize, "depth=2");
        Assert.That((Number(made, "fork"), Number(made, "height")), Is.EqualTo((begin, begin + 3)));
        JsonElement mining = await GetAsync(DevRoutes.Mining);
        Assert.That((mining.GetProperty("mode").GetString(), Number(mining, "height")), Is.EqualTo(("manual", begin + 3)));
    }

    [Test]
    public async Task Clock_IsSetForward_BySpansAndToTimes()
    {
        ulong before = Number(await GetAsync(DevRoutes.Clock), "time");
        ulong later = Number(await DoAsync(DevRoutes.SetClock, "advance=3600000"), "time");
        Assert.That(later - before, Is.InRange(3_600_000UL, 3_600_000UL + 600_000));
        ulong latest = Number(await DoAsync(DevRoutes.SetClock, Invariant($"to={later + 7_200_000}")), "time");
        Assert.That(latest - later, Is.InRange(7_200_000UL, 7_200_000UL + 600_000));
        await DoAsync(DevRoutes.Mine, "");
        Assert.That((await BlockAsync("tip")).Time, Is.InRange(latest - 1_000, latest + 600_000));
    }

    [Test]
    public async Task Submit_WithTheCookie_IsTaken()
    {
        JsonElement[] accounts = [.. _started.GetProperty("accounts").EnumerateArray()];
        Assert.That(PrivateKey.TryCreate(Convert.FromHexString(accounts[0].GetProperty("privateKey").GetString()!), out PrivateKey? key));
        using var http = new HttpClient { BaseAddress = _http.BaseAddress, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Secret) } };
        var client = new LedgerClient(http);
        StatusModel status = await client.StatusAsync();
        ChainProfile profile = await client.ProfileAsync();
        using (key)
        {
            Transaction transfer = Transfer.Sign(
                key!, Address.Parse(accounts[1].GetProperty("address").GetString(), profile.AddressPrefix), 5, new TransferContext(profile, BlockId.Parse(status.ChainId), status.Height, SystemEntropy.Instance));
            SubmittedModel submitted = await client.SubmitAsync(transfer, profile);
            Assert.That((status.TakesTransactions, submitted.Accepted), Is.EqualTo((true, true)), submitted.Message);
            await DoAsync(DevRoutes.Mine, "");
            Assert.That((await client.TransactionAsync(submitted.Id)).State, Is.EqualTo("confirmed"));
        }
    }

    [TestCaseSource(nameof(Changes))]
    public async Task Change_WithoutTheCookie_IsRefused_AndChangesNothing(LedgerRoute route)
    {
        string[] before = await StateAsync();
        string query = route.Query.Count == 0 ? "" : $"{route.Query[0]}={(route.Query[0] is "name" ? "x" : route.Query[0] is "mode" ? "interval" : "1")}";
        string[] shown =
        [
            "", "Bearer", $"Bearer {new string('0', 64)}", $"Bearer {Secret[..^1]}", $"Bearer {Secret}0", $"Bearer {Secret.ToUpperInvariant()}", $"Token {Secret}", Secret, "Basic", "Basic !",
            $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))}", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Secret}:x"))}",
        ];
        foreach (string authorization in shown)
        {
            (int status, string title, HttpResponseMessage response) = await SendAsync(route.Method, route.Path, query, authorization);
            Assert.That((status, response.Headers.WwwAuthenticate.Single().Scheme), Is.EqualTo((401, "Bearer")), authorization);
            Assert.That(title, Does.Contain(authorization.Length == 0 ? "Only the owner may change anything" : "another one after each start"));
            Assert.That(title, Does.Not.Contain(_folder.Path), "nothing is said of the machine");
        }

        Assert.That(await StateAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Change_WithTheCookieAsAPassword_IsTaken()
    {
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{Secret}"));
        Assert.That((await SendAsync("POST", DevRoutes.Mine.Path, "", $"Basic {basic}")).Status, Is.EqualTo(200));
        Assert.That((await SendAsync("POST", DevRoutes.Mine.Path, "", $"bearer {Secret}")).Status, Is.EqualTo(200));
    }

    [TestCase("GET", "/dev/mine", "", 405, "GET is not what /api/v1/dev/mine takes; expected POST.")]
    [TestCase("PUT", "/dev/snapshots", "", 405, "PUT is not what /api/v1/dev/snapshots takes; expected GET or HEAD or POST.")]
    [TestCase("DELETE", "/dev/clock", "", 405, "DELETE is not what")]
    [TestCase("POST", "/dev/nothing", "", 404, "There is nothing at /api/v1/dev/nothing.")]
    [TestCase("POST", "/dev/mine", "block=3", 400, "'block' is no field of /dev/mine; expected blocks.")]
    [TestCase("POST", "/dev/mine", "blocks=0", 400, "blocks: expected a whole number from 1 to 1000.")]
    [TestCase("POST", "/dev/mine", "blocks=1001", 400, "blocks: expected a whole number")]
    [TestCase("POST", "/dev/mine", "blocks=1&blocks=2", 400, "blocks: expected a whole number")]
    [TestCase("POST", "/dev/reorg", "", 400, "depth: expected a whole number from 1 to 1000.")]
    [TestCase("POST", "/dev/mining", "mode=never", 400, "mode: expected auto, interval or manual.")]
    [TestCase("POST", "/dev/snapshots", "name=a/b", 400, "name: 'a/b' is no name of a snapshot")]
    [TestCase("POST", "/dev/revert", "name=nowhere", 404, "There is no snapshot nowhere")]
    [TestCase("POST", "/dev/clock", "", 400, "advance: expected a whole number")]
    [TestCase("POST", "/dev/clock", "advance=1&to=1", 400, "advance and to contradict each other")]
    [TestCase("POST", "/dev/clock", "to=0", 409, "The chain's clock stands at")]
    [TestCase("GET", "/dev/clock", "x=1", 400, "'x' is no field of /dev/clock; expected none.")]
    public async Task Ask_ForWhatIsNot_IsExplained(string method, string path, string query, int expected, string title)
    {
        (int status, string found, HttpResponseMessage response) = await SendAsync(method, path, query, $"Bearer {Secret}");
        Assert.That((status, found), Is.EqualTo((expected, found)));
        Assert.That(found, Does.StartWith(title));
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
    }

    [Test]
    public async Task Change_OfAPageOfAnotherOrigin_OrWithABody_IsRefused()
    {
        (int status, string title, _) = await SendAsync("POST", DevRoutes.Mine.Path, "", $"Bearer {Secret}", origin: "http://elsewhere.example");
        Assert.That((status, title), Is.EqualTo((403, "A page of another origin must not change anything here.")));
        (status, title, _) = await SendAsync("POST", DevRoutes.Mine.Path, "", $"Bearer {Secret}", content: new StringContent("blocks=3"));
        Assert.That((status, title), Is.EqualTo((400, "/dev/mine takes no body: its fields stand in the query.")));
    }

    [Test]
    public void Cookie_IsItsOwnersAlone()
    {
        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.That((File.GetUnixFileMode(Cookie), File.GetUnixFileMode(Path.GetDirectoryName(Cookie)!)), Is.EqualTo((file, file | UnixFileMode.UserExecute)));
        Assert.That(Secret, Does.Match("^[0-9a-f]{64}$"));
    }

    [Test]
    public async Task Cookie_IsAnotherOneAfterEachStart_AndGoneAfterTheEnd()
    {
        using var folder = new TestFolder();
        string[] args = ["dev", "--data", folder["chain.db"], "--block-time", "20ms", "--threads", "1", "--http", "0"];
        var secrets = new List<string>();
        for (int i = 0; i < 2; i++)
        {
            await using BackgroundRun chain = BackgroundRun.Start(folder.Path, args);
            string path = (await chain.NextAsync("started")).GetProperty("cookie").GetString()!;
            secrets.Add(await File.ReadAllTextAsync(path));
            Assert.That(await chain.StopAsync(), Is.Zero, chain.Error);
            Assert.That((File.Exists(path), Directory.Exists(Path.GetDirectoryName(path))), Is.EqualTo((false, false)));
            // As after a kill.
            if (i > 0) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, (UnixFileMode)0b111_000_000);
            await File.WriteAllTextAsync(path, secrets[0]);
        }

        Assert.That(secrets[1], Is.Not.EqualTo(secrets[0]));
    }

    [Test]
    public void Page_HasTheRoutesOfTheTable()
    {
        string[] rows = [.. DevRoutes.All.Select(route => $"| `{route.Method} {route.Path}` | {(route.Query.Count == 0 ? "–" : string.Join(", ", route.Query.Select(field => $"`{field}`")))} | {route.Summary} |")];
        string[] page = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "API.md"));
        Assert.That(page.Where(line => line.Contains(" /dev/", StringComparison.Ordinal) && line.StartsWith('|')), Is.EqualTo(rows));
    }

    private async Task<(int Status, string Title, HttpResponseMessage Response)> SendAsync(
        string method, string path, string query, string authorization, string? origin = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{LedgerRoutes.Root}{path}?{query}", UriKind.Relative)) { Content = content };
        if (path == LedgerRoutes.Submit.Path) request.Content = new ByteArrayContent([1]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        if (authorization.Length > 0) Assert.That(request.Headers.TryAddWithoutValidation("Authorization", authorization));
        if (origin is not null) Assert.That(request.Headers.TryAddWithoutValidation("Origin", origin));
        HttpResponseMessage response = await _http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode) return ((int)response.StatusCode, body, response);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"), body);
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo((int)response.StatusCode));
        return ((int)response.StatusCode, problem.GetProperty("title").GetString()!, response);
    }

    private async Task<JsonElement> DoAsync(LedgerRoute route, string query)
    {
        (int status, string body, _) = await SendAsync(route.Method, route.Path, query, $"Bearer {Secret}");
        Assert.That(status, Is.EqualTo(200), body);
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Asks without the cookie.</summary>
    private async Task<JsonElement> GetAsync(LedgerRoute route) => JsonDocument.Parse(await _http.GetStringAsync(new Uri(LedgerRoutes.Root + route.Path, UriKind.Relative))).RootElement;

    private Task<BlockModel> BlockAsync(string block) => new LedgerClient(_http).BlockAsync(block);

    private async Task<string?[]> NamesAsync() => [.. (await GetAsync(DevRoutes.Snapshots)).GetProperty("snapshots").EnumerateArray().Select(taken => taken.GetProperty("name").GetString())];

    private async Task<string[]> StateAsync() =>
        [(await BlockAsync("tip")).Id, string.Join(' ', await NamesAsync()), (await GetAsync(DevRoutes.Mining)).GetRawText(), (await GetAsync(DevRoutes.Clock)).GetProperty("ahead").GetRawText()];

    private static ulong Number(JsonElement item, string name) => item.GetProperty(name).GetUInt64();
}
