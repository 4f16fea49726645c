using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Coniunctum.AspNetCore.Tests.Support;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Testing;
using Microsoft.AspNetCore.Builder;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>What cannot be answered says so by its status, and why in one sentence; nothing of it reaches the chain.</summary>
internal sealed class BadInputTests
{
    private const string Unknown = "1ae6b08da53e5a2bbe48d984cd464eb07c88f94cfe752bec599e0f47b6dba6e3";

    private ForkedLedger _chain = null!;
    private Site _site = null!;
    private TestClock _time = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _chain = await ForkedLedger.StartAsync(withIndex: false);
        await _chain.ExtendAsync(2);
        _time = new TestClock(DateTimeOffset.UnixEpoch);
        _site = await Site.StartAsync(_chain.Ledger, options => (options.AllowSubmit, options.Time) = (true, _time));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Assert.That(_chain.Ledger.Pool.Count, Is.Zero);
        await _site.DisposeAsync();
        await _chain.DisposeAsync();
    }

    [TestCase("api/v1/nothing", 404, "There is nothing at /api/v1/nothing.")]
    [TestCase("api/v1", 404, "There is nothing at /api/v1.")]
    [TestCase("api/v1/blocks/1/more", 404, "There is nothing at")]
    [TestCase("api/v1/blocks/9", 404, "The chain goes up to height 2; there is none at height 9 yet.")]
    [TestCase("api/v1/blocks/-1", 400, "'-1' is no block: expected a height, an id of 64 hexadecimal digits, or tip.")]
    [TestCase("api/v1/blocks/x%0A%1b%5B2J", 400, "'x\\u000a\\u001b[2J' is no block")]
    [TestCase("api/v1/blocks/" + Unknown, 404, "No block " + Unknown + " is or was part")]
    [TestCase("api/v1/blocks/99999999999999999999999", 400, "'99999999999999999999999' is no block")]
    [TestCase("api/v1/blocks?count=0", 400, "count is '0'; expected a whole number from 1 to 100.")]
    [TestCase("api/v1/blocks?count=101", 400, "count is '101'; expected a whole number from 1 to 100.")]
    [TestCase("api/v1/blocks?count=1&count=2", 400, "count is '1,2'")]
    [TestCase("api/v1/blocks?to=-5", 400, "to is '-5'; expected a height.")]
    [TestCase("api/v1/blocks?page=2", 400, "'page' is no field of /blocks; expected to or count.")]
    [TestCase("api/v1/status?x=1", 400, "'x' is no field of /status; expected none.")]
    [TestCase("api/v1/headers?count=1001", 400, "count is '1001'; expected a whole number from 1 to 1000.")]
    [TestCase("api/v1/headers?from=x", 400, "from is 'x'; expected a height.")]
    [TestCase("api/v1/pool?limit=101", 400, "limit is '101'; expected a whole number from 0 to 100.")]
    [TestCase("api/v1/transactions/x", 400, "'x' is no transaction: expected its id, 64 hexadecimal digits.")]
    [TestCase("api/v1/transactions/" + Unknown, 404, "This node knows no transaction " + Unknown)]
    [TestCase("api/v1/transactions/" + Unknown + "/proof", 404, "This node knows no transaction")]
    [TestCase("api/v1/transactions/" + Unknown + "/receipt", 404, "This node knows no transaction")]
    [TestCase("api/v1/transactions/x/receipt", 400, "'x' is no transaction")]
    [TestCase("api/v1/addresses/x", 400, "'x' is no address")]
    [TestCase("api/v1/addresses/x/transactions", 400, "'x' is no address")]
    [TestCase("api/v1/addresses/x/proof", 400, "'x' is no address")]
    [TestCase("api/v1/entries/x/00", 400, "'x' is no application: expected its number.")]
    [TestCase("api/v1/entries/2/00", 404, "The chain has no application 2.")]
    [TestCase("api/v1/entries/1/0", 400, "'0' is no key: expected 1 to 64 bytes as hexadecimal digits, two for each.")]
    [TestCase("api/v1/entries/1/zz/proof", 400, "'zz' is no key")]
    [TestCase("api/v1/events?after=x", 400, "'x' is no cursor: expected the id of an event, 64 hexadecimal digits.")]
    [TestCase("api/v1/events?after=" + Unknown, 404, "No block " + Unknown + " was ever part")]
    public async Task Get_OfWhatIsNot_IsExplained(string path, int status, string title)
    {
        var answer = await _site.GetAsync(path);
        Assert.That(answer.Status, Is.EqualTo(status), answer.Body);
        Assert.That(Site.TitleOf(answer), Does.StartWith(title));
        Assert.That(answer.Response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
    }

    [Test]
    public async Task Key_ThatIsTooLong_AndAPathThatIsHuge_AreRefused()
    {
        Assert.That((await _site.GetAsync($"api/v1/entries/1/{new string('0', 130)}")).Status, Is.EqualTo(400));
        var answer = await _site.GetAsync($"api/v1/blocks/{new string('x', 4_000)}");
        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(Site.TitleOf(answer), Has.Length.LessThan(300));
    }

    [Test]
    public async Task History_WithoutAnIndex_IsNotKept()
    {
        var answer = await _site.GetAsync($"api/v1/addresses/{_chain.OwnerText}/transactions");
        Assert.That((answer.Status, Site.TitleOf(answer)), Is.EqualTo((503, "No history is kept here.")));
    }

    [TestCase("POST", "status", "GET, HEAD")]
    [TestCase("PUT", "blocks/1", "GET, HEAD")]
    [TestCase("DELETE", "transactions/" + Unknown, "GET, HEAD")]
    [TestCase("GET", "transactions", "POST")]
    [TestCase("HEAD", "events", "GET")]
    [TestCase("OPTIONS", "pool", "GET, HEAD")]
    public async Task Method_ThatARouteDoesNotTake_IsRefused(string method, string path, string allowed)
    {
        var answer = await _site.SendAsync(new HttpMethod(method), $"api/v1/{path}");
        Assert.That(answer.Status, Is.EqualTo(405));
        Assert.That(answer.Response.Content.Headers.Allow.Order(), Is.EqualTo(allowed.Split(", ")));
        if (method is not "HEAD") Assert.That(Site.TitleOf(answer), Does.StartWith($"{method} is not what /api/v1/{path} takes; expected"));
    }

    [Test]
    public async Task Submit_OfWhatIsNone_IsExplained()
    {
        await RefusesAsync(400, "The body is no transaction", Bytes("x"u8.ToArray()));
        await RefusesAsync(400, "The body is no transaction", Bytes([]));
        await RefusesAsync(415, "Expected a transaction's canonical encoding as application/octet-stream.", new StringContent("x"));
        await RefusesAsync(415, "Expected a transaction's", null);
        await RefusesAsync(413, "The body is too long: a transaction of this chain has 8192 bytes at most.", Bytes(new byte[8 * 1024 + 1]));
        await RefusesAsync(413, "The body is too long", new ChunkedContent(9_000));
        await RefusesAsync(403, "A page of another origin must not change anything here.", Bytes([1]), ("Origin", "http://elsewhere.example"));
        await RefusesAsync(403, "A page of another origin", Bytes([1]), ("Origin", "null"));
    }

    [Test]
    public async Task Submit_OfABodyThatDoesNotCome_IsGivenUp()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_site.Address.Host, _site.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /api/v1/transactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 100\r\n\r\nx"));
        byte[] answer = new byte[12];
        ValueTask reading = stream.ReadExactlyAsync(answer);
        Task read = reading.AsTask();
        while (!read.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(read, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        await read;
        Assert.That(Encoding.ASCII.GetString(answer), Is.EqualTo("HTTP/1.1 408"));
    }

    [Test]
    public async Task Submit_WhereItIsNotAllowed_IsForbidden()
    {
        await using Site readOnly = await Site.StartAsync(_chain.Ledger);
        var answer = await readOnly.SendAsync(HttpMethod.Post, "api/v1/transactions", Bytes([1]));
        Assert.That((answer.Status, Site.TitleOf(answer)), Is.EqualTo((403, "No transactions are taken here: this server only answers.")));
        Assert.That((await readOnly.Client.StatusAsync()).TakesTransactions, Is.False);
    }

    [Test]
    public async Task Ledger_ThatDoesNotRun_IsSaidSo()
    {
        LedgerHost ledger = LedgerBuilder.For(Profiles.Development).Build();
        await using Site site = await Site.StartAsync(ledger);
        var before = await site.GetAsync("api/v1/status");
        Assert.That((before.Status, Site.TitleOf(before)), Is.EqualTo((503, "The ledger does not run yet: try again when it has been opened.")));
        await ledger.StartAsync();
        Assert.That((await site.GetAsync("api/v1/status")).Status, Is.EqualTo(200));
        await ledger.DisposeAsync();
        Assert.That((await site.GetAsync("api/v1/events")).Status, Is.EqualTo(503));
    }

    [Test]
    public void Options_OutsideOfTheirRanges_AreRefused()
    {
        WebApplication app = WebApplication.CreateSlimBuilder().Build();
        Assert.That(() => app.MapConiunctum(_chain.Ledger, options => options.Heartbeat = TimeSpan.Zero), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Heartbeat"));
        Assert.That(() => app.MapConiunctum(_chain.Ledger, options => options.BodyTimeout = TimeSpan.Zero), Throws.InstanceOf<ArgumentException>().With.Message.Contains("BodyTimeout"));
        Assert.That(() => app.MapConiunctum(_chain.Ledger, options => options.MaxEventStreams = -1), Throws.InstanceOf<ArgumentException>().With.Message.Contains("MaxEventStreams"));
        var status = new ProgramRoute(new LedgerRoute("GET", "/status", "Mine."), api => api.MapGet("/status", () => "mine"));
        Assert.That(() => app.MapConiunctum(_chain.Ledger, options => options.Routes.Add(status)), Throws.ArgumentException.With.Message.Contains("GET /status"));
        Assert.That(() => app.MapConiunctum("nothing of this name"), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Submit_OfWhatARuleKeepsOut_IsAnAnswer()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger, options => options.AllowSubmit = true);
        var friend = new Address(Sha3_256.Hash("friend"u8));
        Transaction good = chain.Pay(friend, 10), dear = chain.Pay(friend, 2_000_000), forged = World.Missign(chain.Pay(friend, 1));
        SubmittedModel taken = await site.Client.SubmitAsync(good, chain.Ledger.Profile), again = await site.Client.SubmitAsync(good, chain.Ledger.Profile);
        SubmittedModel waits = await site.Client.SubmitAsync(dear, chain.Ledger.Profile), refused = await site.Client.SubmitAsync(forged, chain.Ledger.Profile);
        Assert.That((taken.Accepted, taken.Waiting, taken.Rule), Is.EqualTo((true, false, "None")));
        Assert.That((again.Accepted, again.Rule), Is.EqualTo((true, "AlreadyKnown")));
        Assert.That((refused.Accepted, waits.Waiting), Is.EqualTo((false, waits.Accepted)));
        Assert.That(refused.Rule, Does.Contain("Signature"));
        PoolModel pool = await site.Client.PoolAsync(100);
        Assert.That((pool.Ready, pool.Transactions[0].Id, pool.Transactions[0].State, pool.Transactions[0].Block), Is.EqualTo((1, taken.Id, "ready", (string?)null)));
        Assert.That((await site.Client.TransactionAsync(taken.Id)).State, Is.EqualTo("ready"));
        var proof = await site.GetAsync($"api/v1/transactions/{taken.Id}/proof");
        Assert.That((proof.Status, Site.TitleOf(proof)), Is.EqualTo((409, $"The transaction {taken.Id} is in the pool, and in no block yet.")));
        var receipt = await site.GetAsync($"api/v1/transactions/{taken.Id}/receipt");
        Assert.That((receipt.Status, Site.TitleOf(receipt)), Is.EqualTo((409, $"The transaction {taken.Id} is in the pool, and in no block yet.")));
    }

    private static ByteArrayContent Bytes(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    private async Task RefusesAsync(int status, string title, HttpContent? content, params (string Name, string Value)[] headers)
    {
        var answer = await _site.SendAsync(HttpMethod.Post, "api/v1/transactions", content, headers);
        Assert.That(answer.Status, Is.EqualTo(status), answer.Body);
        Assert.That(Site.TitleOf(answer), Does.StartWith(title));
    }

    /// <summary>A body that does not say how long it is.</summary>
    private sealed class ChunkedContent : HttpContent
    {
        private readonly int _length;

        public ChunkedContent(int length)
        {
            _length = length;
            Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(new byte[_length]).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
