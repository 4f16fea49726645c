using System.Text;
using Coniunctum.AspNetCore.Tests.Support;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Testing;
using Microsoft.Extensions.Logging;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>Changes of the chain as server-sent events.</summary>
internal sealed class EventTests
{
    private static readonly TimeSpan s_net = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Events_BehindACursor_TellWhatIsUndoneFirst_EachWithWhatResumesIt()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger);
        await chain.ExtendAsync(3);
        string seen = chain.Tip.Id.ToString();
        await chain.ReorganizeAsync(2);
        ChangeModel[] changes = await ReadAsync(site.Client.EventsAsync(seen), 5);
        Assert.That(changes.Select(change => (change.Event, change.Height)), Is.EqualTo(new[] { ("disconnected", 3UL), ("disconnected", 2UL), ("block", 2UL), ("block", 3UL), ("block", 4UL) }));
        Assert.That(changes.Select(change => change.Cursor), Is.EqualTo(changes.Select(change => change.Event is "block" ? change.Id : change.Previous)));
        Assert.That(changes[^1].Id, Is.EqualTo(chain.Tip.Id.ToString()));
        Assert.That(changes.All(change => change.Transactions.Count == 1), Is.True);
        // From any place in between it goes on with what is left.
        for (int i = 0; i < 4; i++)
            Assert.That((await ReadAsync(site.Client.EventsAsync(changes[i].Cursor), 1))[0].Id, Is.EqualTo(changes[i + 1].Id));
    }

    [Test]
    public async Task Stream_BeginsWithItsCursor_SoThatNothingIsMissedBeforeTheFirstEvent()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger);
        await chain.ExtendAsync(1);
        using HttpResponseMessage response = await site.Http.GetAsync("api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.That((response.Content.Headers.ContentType?.ToString(), response.Headers.CacheControl?.NoStore), Is.EqualTo(("text/event-stream", (bool?)true)));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.That((await reader.ReadLineAsync(), await reader.ReadLineAsync(), await reader.ReadLineAsync()), Is.EqualTo(("retry: 1000", $"id: {chain.Tip.Id}", "")));
        await chain.ExtendAsync(1);
        Assert.That((await reader.ReadLineAsync(), await reader.ReadLineAsync()), Is.EqualTo(("event: block", $"id: {chain.Tip.Id}")));
        Assert.That(await reader.ReadLineAsync(), Does.StartWith("data: {\"event\":\"block\",\"height\":2,"));
    }

    [Test]
    public async Task Stream_WhoseStoreFails_EndsWhereItIs_AndTheOwnerIsToldWhy()
    {
        var store = new FailingReads();
        await using ForkedLedger chain = await ForkedLedger.StartAsync(withIndex: false, store);
        await chain.ExtendAsync(6);
        await chain.ReopenAsync();
        var log = new ErrorLog();
        await using Site site = await Site.StartAsync(app => app.MapConiunctum(chain.Ledger), builder => builder.Logging.AddProvider(log));
        store.LeftToRead = 3;
        using HttpResponseMessage response = await site.Http.GetAsync($"api/v1/events?after={chain.Forge.Genesis.Id}", HttpCompletionOption.ResponseHeadersRead);
        string[] lines = (await response.Content.ReadAsStringAsync().WaitAsync(s_net)).Split('\n');
        Assert.That(lines.Count(line => line == "event: block"), Is.EqualTo(3));
        Assert.That(log.Errors.Select(error => (error.Name, error.Exception?.Message)), Is.EqualTo(new[] { ("StoreFault", FailingReads.Message) }));

        var answer = await site.GetAsync($"api/v1/blocks/5");
        Assert.That((answer.Status, Site.TitleOf(answer)), Is.EqualTo((500, "The ledger's store cannot be read.")));
        Assert.That(log.Errors, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task LastEventId_CountsMoreThanTheQuery()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger);
        await chain.ExtendAsync(2);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/events?after={chain.Forge.Genesis.Id}");
        string first = chain.Ledger.Chain.IdAt(1)!.Value.ToString();
        request.Headers.Add("Last-Event-ID", first);
        using HttpResponseMessage response = await site.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await reader.ReadLineAsync();
        Assert.That(await reader.ReadLineAsync(), Is.EqualTo($"id: {first}"));
    }

    [Test]
    public async Task Stream_OnWhichNothingHappens_SaysSoEachFifteenSeconds()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        var time = new TestClock(DateTimeOffset.UnixEpoch);
        await using Site site = await Site.StartAsync(chain.Ledger, options => options.Time = time);
        using HttpResponseMessage response = await site.Http.GetAsync("api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (int i = 0; i < 3; i++) await reader.ReadLineAsync();
        Task<string?> line = reader.ReadLineAsync();
        time.Advance(TimeSpan.FromSeconds(14));
        await Task.WhenAny(line, Task.Delay(TimeSpan.FromMilliseconds(50)));
        Assert.That(line.IsCompleted, Is.False);
        while (!line.IsCompleted)
        {
            // The stream may not have begun to wait yet.
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.WhenAny(line, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        Assert.That(await line, Is.EqualTo(": nothing yet"));
    }

    [Test]
    public async Task Streams_MoreThanAreAllowed_AreToldToComeAgain()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        await using Site site = await Site.StartAsync(chain.Ledger, options => options.MaxEventStreams = 2);
        var open = new List<HttpResponseMessage>();
        for (int i = 0; i < 2; i++) open.Add(await site.Http.GetAsync("api/v1/events", HttpCompletionOption.ResponseHeadersRead));
        var answer = await site.GetAsync("api/v1/events");
        Assert.That((answer.Status, Site.TitleOf(answer), answer.Response.Headers.RetryAfter?.ToString()), Is.EqualTo((503, "2 streams of events are open, the most that are served: try again later.", "10")));
        open.ForEach(response => response.Dispose());
        // The server hears of it a little later.
        using var net = new CancellationTokenSource(s_net);
        HttpResponseMessage next;
        while ((int)(next = await site.Http.GetAsync("api/v1/events", HttpCompletionOption.ResponseHeadersRead, net.Token)).StatusCode == 503) next.Dispose();
        Assert.That((int)next.StatusCode, Is.EqualTo(200));
        next.Dispose();
    }

    [Test]
    public async Task Stream_EndsWithTheServer()
    {
        await using ForkedLedger chain = await ForkedLedger.StartAsync();
        Site site = await Site.StartAsync(chain.Ledger);
        using var http = new HttpClient { BaseAddress = site.Address };
        using HttpResponseMessage response = await http.GetAsync("api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (int i = 0; i < 3; i++) await reader.ReadLineAsync();
        await site.DisposeAsync().AsTask().WaitAsync(s_net);
        Assert.That(await reader.ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task Finality_IsTold_AndOnlyOnceByTheClientThatResumes()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).StartAsync();
        var cuts = new CutConnections(1, 3_000);
        await using Site site = await Site.StartAsync(app =>
        {
            cuts.Use(app);
            app.MapConiunctum(ledger);
        });
        var friend = new Address(Sha3_256.Hash("friend"u8));
        for (int i = 0; i < 20; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, friend, 5, ledger.Context));
        var seen = new List<ChangeModel>();
        using var net = new CancellationTokenSource(s_net);
        await foreach (ChangeModel change in new LedgerClient(site.Http, new HastyTime()).FollowAsync(ledger.ChainId.ToString(), net.Token))
        {
            seen.Add(change);
            if (change is { Event: "final", Height: 20 }) break;
        }

        Assert.That(seen.Where(change => change.Event is "block").Select(change => change.Height), Is.EqualTo(Enumerable.Range(1, 20).Select(height => (ulong)height)));
        Assert.That(seen.Where(change => change.Event is "final").Select(change => change.Height), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task Reader_OfLinesOfEveryKind_TakesThemAsTheStandardSays()
    {
        string change = "{\"event\":\"block\",\"height\":1,\"id\":\"a\",\"at\":1,\"transactions\":[],\"previous\":\"b\",\"time\":1,\"cursor\":\"a\"}";
        ChangeModel[] read = await ReadAsync(Stub($": comment\n\nretry: 5\r\nid: c0\r\n\r\nevent: block\nid:c1\ndata: {change}\nunknown: x\n\ndata: {change[..9]}\ndata: {change[9..]}\n\nid: c3\ndata: {change}").EventsAsync(), 9);
        // Two data lines are one text with a line feed, which JSON ignores between its parts; the last event is cut off.
        Assert.That(read.Select(item => item.Height), Is.EqualTo(new ulong[] { 1, 1 }));
    }

    [Test]
    public void Reader_OfWhatIsNoEvent_SaysSo()
    {
        Assert.That(async () => await ReadAsync(Stub("data: {\n\n").EventsAsync(), 1), Throws.TypeOf<ApiProblemException>());
        Assert.That(async () => await ReadAsync(Stub($"data: {new string('x', 65 * 1024 * 1024)}").EventsAsync(), 1), Throws.TypeOf<ApiProblemException>().With.Message.Contains("67108864 bytes"));
    }

    internal static async Task<ChangeModel[]> ReadAsync(IAsyncEnumerable<ChangeModel> changes, int count)
    {
        using var net = new CancellationTokenSource(s_net);
        var read = new List<ChangeModel>();
        await foreach (ChangeModel change in changes.WithCancellation(net.Token))
        {
            read.Add(change);
            if (read.Count == count) break;
        }

        return [.. read];
    }

    private static LedgerClient Stub(string stream) => new(new HttpClient(new StubHandler(stream)) { BaseAddress = new Uri("http://stub/") });

    private sealed class StubHandler(string stream) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(stream, Encoding.UTF8, "text/event-stream") });
    }
}
