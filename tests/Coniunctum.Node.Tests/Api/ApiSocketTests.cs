using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Api;

/// <summary>The socket of a running node: whom it lets in, and what it answers to what is no question.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
internal sealed class ApiSocketTests
{
    private readonly TestFolder _folder = new();
    private BackgroundRun? _node;

    private ApiSocket Socket => ApiSocket.OfFolder(_folder["nodes/a"]);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = BackgroundRun.Start(_folder.Path, "node", "--new", "a", "--rule", "authority", "--role", "validator", "--listen", "127.0.0.1:0");
        await _node.NextAsync("started");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _node!.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void Socket_IsItsOwnersAlone()
    {
        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.That((File.GetUnixFileMode(Socket.Path), File.GetUnixFileMode(Path.GetDirectoryName(Socket.Path)!)), Is.EqualTo((file, file | UnixFileMode.UserExecute)));
    }

    [Test]
    public async Task Connect_AsAnotherUser_IsDenied()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/python3")) Assert.Ignore("Only root can become nobody, by setpriv, and Python tries to connect.");
        var start = new ProcessStartInfo("/usr/bin/setpriv") { UseShellExecute = false, RedirectStandardError = true };
        // Everything above the node's folder is opened: only its own modes are in the way.
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Array.ForEach(
            ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])", Socket.Path], start.ArgumentList.Add);
        using Process nobody = Process.Start(start)!;
        string error = await nobody.StandardError.ReadToEndAsync();
        await nobody.WaitForExitAsync();
        Assert.That((nobody.ExitCode, error.Contains("Permission denied", StringComparison.Ordinal)), Is.EqualTo((1, true)), error);
    }

    [Test]
    public void Prepare_OfAFolderThatOthersMayOpen_IsRefused()
    {
        var socket = ApiSocket.OfFolder(_folder["open"]);
        Directory.CreateDirectory(_folder["open/run"]);
        File.SetUnixFileMode(_folder["open/run"], (UnixFileMode)0b111_101_101);
        Assert.That(socket.Prepare, Throws.TypeOf<BadInputException>().With.Message.Contains("chmod 700"));
    }

    [TestCase("GET", "/api/v1/nothing", 404, "There is nothing at /api/v1/nothing.")]
    [TestCase("GET", "/api/v1/blocks/9", 404, "The chain goes up to height 0; there is none at height 9 yet.")]
    [TestCase("GET", "/api/v1/blocks/x", 400, "'x' is no block")]
    [TestCase("GET", "/api/v1/transactions/x", 400, "'x' is no transaction")]
    [TestCase("GET", "/api/v1/transactions/1ae6b08da53e5a2bbe48d984cd464eb07c88f94cfe752bec599e0f47b6dba6e3", 404, "knows no transaction")]
    [TestCase("GET", "/api/v1/addresses/x", 400, "'x' is no address")]
    [TestCase("GET", "/api/v1/addresses/x/transactions", 400, "'x' is no address")]
    [TestCase("POST", "/api/v1/dev/mine?blocks=1", 409, "This is a node of a network")]
    [TestCase("POST", "/api/v1/dev/reorg?depth=1", 409, "only a development chain")]
    [TestCase("GET", "/api/v1/dev/clock", 409, "only a development chain")]
    [TestCase("POST", "/api/v1/dev/nothing", 404, "There is nothing at /api/v1/dev/nothing.")]
    [TestCase("POST", "/api/v1/transactions", 415, "Expected a transaction's canonical encoding")]
    public async Task Ask_ForWhatIsNot_IsExplained(string method, string path, int status, string message)
    {
        using HttpClient http = Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = method == "POST" && !path.Contains("/dev/", StringComparison.Ordinal) ? new StringContent("x") : null };
        using HttpResponseMessage response = await http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        Assert.That((int)response.StatusCode, Is.EqualTo(status), body);
        Assert.That(JsonDocument.Parse(body).RootElement.GetProperty("title").GetString(), Does.Contain(message));
    }

    [Test]
    public async Task Submit_OfABodyThatIsTooLong_IsRefused()
    {
        using HttpClient http = Client();
        using var content = new ByteArrayContent(new byte[65 * 1024]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using HttpResponseMessage response = await http.PostAsync(new Uri("/api/v1/transactions", UriKind.Relative), content);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [TestCase("/status", "chainId")]
    [TestCase("/profile", "profile")]
    [TestCase("/peers", "failures")]
    [TestCase("/pool", "ready")]
    [TestCase("/blocks/tip", "merkleRoot")]
    public async Task Get_OfEachRoute_IsJson(string route, string property)
    {
        using HttpClient http = Client();
        string body = await http.GetStringAsync(new Uri(LedgerRoutes.Root + route, UriKind.Relative));
        Assert.That(JsonDocument.Parse(body).RootElement.TryGetProperty(property, out _), body);
    }

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket.Path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://node"),
    };
}
