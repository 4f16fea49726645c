using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Api;

/// <summary>The port that browsers find: it says nothing of the machine, and whoever is not its owner changes nothing there.</summary>
internal sealed class HttpServerTests
{
    private static readonly string[] s_dev = ["dev", "--ephemeral", "--block-time", "50ms", "--threads", "1"];

    private readonly TestFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Dev_WithoutBeingAsked_ServesOnThisMachine_AndOnlyToRead()
    {
        await using BackgroundRun dev = BackgroundRun.Start(_folder["default"], s_dev);
        var address = new Uri((await dev.NextAsync("started")).GetProperty("http").GetString()!);
        Assert.That((address.Host, address.Port is >= 56_230 and < 56_330), Is.EqualTo(("127.0.0.1", true)), address.ToString());
        using var http = new HttpClient { BaseAddress = address };
        JsonElement status = JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/v1/status", UriKind.Relative))).RootElement;
        Assert.That((status.GetProperty("kind").GetString(), status.GetProperty("takesTransactions").GetBoolean()), Is.EqualTo(("dev", true)));
        foreach ((string host, HttpStatusCode expected) in new[] { ("evil.example", HttpStatusCode.Forbidden), ("LocalHost", HttpStatusCode.OK), ("[::1]", HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/status", UriKind.Relative)) { Headers = { Host = Invariant($"{host}:{address.Port}") } };
            using HttpResponseMessage answer = await http.SendAsync(request);
            Assert.That(answer.StatusCode, Is.EqualTo(expected), host);
        }

        string[] hidden = ["process", "data", "account", "seed"];
        Assert.That(hidden.Where(name => status.GetProperty(name).ValueKind != JsonValueKind.Null), Is.Empty);
        Assert.That(await StatusAsync(http, "/api/v1/transactions"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await StatusAsync(http, "/api/v1/dev/mine?blocks=1"), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Dev_ThatIsToServeNowhere_DoesNot()
    {
        await using BackgroundRun dev = BackgroundRun.Start(_folder["off"], [.. s_dev, "--http", "off"]);
        Assert.That((await dev.NextAsync("started")).GetProperty("http").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Node_ServesWhereItIsAskedTo_AndNowhereOtherwise()
    {
        await using BackgroundRun node = BackgroundRun.Start(_folder["a"], "node", "--new", "a", "--rule", "authority", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = new Uri((await node.NextAsync("started")).GetProperty("http").GetString()!) };
        JsonElement status = JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/v1/status", UriKind.Relative))).RootElement;
        Assert.That((status.GetProperty("kind").GetString(), status.GetProperty("role").GetString(), status.GetProperty("data").ValueKind), Is.EqualTo(("node", "validator", JsonValueKind.Null)));
        Assert.That(await StatusAsync(http, "/api/v1/transactions"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await StatusAsync(http, "/api/v1/dev/mine?blocks=1"), Is.EqualTo(HttpStatusCode.NotFound), "a node has no such routes");
        await using BackgroundRun other = BackgroundRun.Start(_folder["b"], "node", "--new", "b", "--rule", "authority", "--listen", "127.0.0.1:0");
        Assert.That((await other.NextAsync("started")).GetProperty("http").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Port_ThatIsTaken_IsNamed_WhereItWasAskedFor()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Invocation run = await Invocation.OfAsync([.. s_dev, "--http", Invariant($"{port}")]);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, Invariant($"coniunctum: --http: nothing can be served at 127.0.0.1:{port}: the port is taken; expected another port, or an address of this machine.\n"))));
    }

    [Test]
    public async Task Port_ThatIsTaken_GivesWayToTheNext_WhereItWasNotAskedFor()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var endpoint = (IPEndPoint)taken.LocalEndpoint;
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).StartAsync();
        await using HttpServer server = await HttpServer.StartAsync(new ApiSubject("dev", ledger), new HttpListen(endpoint, IsAsked: false), null, TimeProvider.System, CancellationToken.None);
        Assert.That(new Uri(server.Address).Port, Is.InRange(endpoint.Port + 1, endpoint.Port + 99));
    }

    [TestCase("56230", "127.0.0.1:56230")]
    [TestCase("localhost:80", "127.0.0.1:80")]
    [TestCase("0.0.0.0:56230", "0.0.0.0:56230")]
    [TestCase("[::1]:0", "[::1]:0")]
    public void Read_OfAPlace_IsThatPlace(string text, string endpoint) => Assert.That(HttpListen.Read(text), Is.EqualTo(new HttpListen(IPEndPoint.Parse(endpoint), IsAsked: true)));

    [TestCase("")]
    [TestCase("65536")]
    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.1:")]
    [TestCase("127.0.0.1:65536")]
    [TestCase("example.org:80")]
    [TestCase("::1:80")]
    [TestCase("http://127.0.0.1:80")]
    public void Read_OfWhatIsNone_SaysWhatWasExpected(string text) =>
        Assert.That(() => HttpListen.Read(text), Throws.TypeOf<BadInputException>().With.Message.Contains("expected HOST:PORT"));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using HttpResponseMessage response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return response.StatusCode;
    }
}
