using System.Buffers;
using System.IO.Pipelines;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Transport;

/// <summary>What holds of every transport.</summary>
public abstract class TransportContractTests
{
    private ITransport _near = null!;
    private ITransport _far = null!;
    private NodeEndpoint _endpoint = null!;

    /// <summary>Whether the transport proves which node is at the other end.</summary>
    protected abstract bool IsProving { get; }

    [SetUp]
    public async Task StartNodes()
    {
        Begin();
        _near = Create(1);
        _far = Create(2);
        ListenOutcome listening = await OfAsync(_far.ListenAsync(Listening(2)).AsTask());
        Assert.That(listening.Fault, Is.EqualTo(TransportFault.None), listening.Message);
        _endpoint = listening.Endpoints[0];
        Assert.That(_endpoint.Port, Is.Not.Zero);
    }

    [TearDown]
    public async Task StopNodes()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Test]
    public async Task Dial_ANodeThatListens_ConnectsBoth()
    {
        Begin();
        await using Pair pair = await ConnectAsync();
        Assert.That(pair.Near.IsOutbound, Is.True);
        Assert.That(pair.Far.IsOutbound, Is.False);
        Assert.That(pair.Near.RemoteEndpoint, Is.EqualTo(_endpoint));
        Assert.That(pair.Near.RemoteId, Is.EqualTo(IsProving ? _far.Id : (NodeId?)null));
        Assert.That(pair.Far.RemoteId, Is.EqualTo(IsProving ? _near.Id : (NodeId?)null));
    }

    [Test]
    public async Task Bytes_BothWaysAtOnce_ArriveAsTheyWereSent()
    {
        Begin();
        await using Pair pair = await ConnectAsync();
        byte[] there = Draw(1, 300_000);
        byte[] back = Draw(2, 200_000);
        Task writing = Task.WhenAll(WriteAsync(pair.Near, there, 7_001), WriteAsync(pair.Far, back, 16_384));
        Task<byte[]> far = ReadAsync(pair.Far, there.Length);
        Task<byte[]> near = ReadAsync(pair.Near, back.Length);
        await OfAsync(Task.WhenAll(writing, far, near));
        Assert.That(await far, Is.EqualTo(there));
        Assert.That(await near, Is.EqualTo(back));
    }

    [Test]
    public async Task Bytes_OneByOne_ArriveAsTheyWereSent()
    {
        Begin();
        await using Pair pair = await ConnectAsync();
        byte[] bytes = Draw(3, 200);
        Task<byte[]> reading = ReadAsync(pair.Far, bytes.Length);
        await OfAsync(Task.WhenAll(WriteAsync(pair.Near, bytes, 1), reading));
        Assert.That(await reading, Is.EqualTo(bytes));
    }

    [Test]
    public async Task Dial_WhereNothingListens_IsRefused()
    {
        Begin();
        DialOutcome outcome = await OfAsync(_near.DialAsync(await FreeEndpointAsync()).AsTask());
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.Refused));
        Assert.That(outcome.Connection, Is.Null);
        Assert.That(outcome.Message, Does.Contain("Nothing listens"));
    }

    [Test]
    public async Task Dial_ExpectingAnotherNode_IsNotConnected()
    {
        Begin();
        if (!IsProving) Assert.Ignore("this transport proves no node");
        using NodeKey other = TestKeys.Node(77);
        DialOutcome outcome = await OfAsync(_near.DialAsync(_endpoint, other.Id).AsTask());
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.OtherNode));
        Assert.That(outcome.Message, Does.Contain(_far.Id.ToString()).And.Contain(other.Id.ToString()));
        DialOutcome right = await OfAsync(_near.DialAsync(_endpoint, _far.Id).AsTask());
        Assert.That(right.Fault, Is.EqualTo(TransportFault.None), right.Message);
        await right.Connection!.DisposeAsync();
    }

    [Test]
    public async Task Dispose_OfAConnection_TheOtherSideReadsToTheEnd()
    {
        Begin();
        await using Pair pair = await ConnectAsync();
        await OfAsync(WriteAsync(pair.Near, Draw(4, 1_000), 1_000));
        Task disposing = pair.Near.DisposeAsync().AsTask();
        Task<int> reading = ReadToEndAsync(pair.Far);
        await OfAsync(Task.WhenAll(reading, disposing));
        Assert.That(await reading, Is.EqualTo(1_000));
    }

    [Test]
    public async Task Abort_EndsWhatIsBeingRead_OnBothSides()
    {
        Begin();
        await using Pair pair = await ConnectAsync();
        Task<int> near = ReadToEndAsync(pair.Near);
        Task<int> far = ReadToEndAsync(pair.Far);
        pair.Near.Abort();
        Assert.That(async () => await OfAsync(near), Throws.InstanceOf<IOException>());
        try
        {
            Assert.That(await OfAsync(far), Is.Zero);
        }
        catch (IOException)
        {
            // A reset reaches the other side as such, or as an end.
        }
    }

    [Test]
    public async Task Write_WhileNobodyReads_Waits_AndEverythingArrivesOnceSomebodyDoes()
    {
        Begin();
        await using Pair pair = await ConnectAsync();
        byte[] bytes = Draw(5, 16_384);
        int sent = 0;
        Task flushing = Task.CompletedTask;
        // The systems' buffers take some; then the sender waits.
        while (flushing.IsCompletedSuccessfully && sent < 64 * 1_024 * 1_024)
        {
            flushing = pair.Near.Output.WriteAsync(bytes).AsTask();
            sent += bytes.Length;
            await IsSettledAsync(flushing);
        }

        Assert.That(flushing.IsCompleted, Is.False, "the sender waits");
        await TestContext.Out.WriteLineAsync(Invariant($"{GetType().Name}: {sent} bytes were under way"));
        Task<byte[]> reading = ReadAsync(pair.Far, sent);
        await OfAsync(Task.WhenAll(flushing, reading));
        Assert.That((await reading).AsSpan(sent - bytes.Length).ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Dial_ManyAtOnce_ConnectsThemAll()
    {
        Begin();
        Task<DialOutcome>[] dialling = [.. Enumerable.Range(0, 12).Select(_ => _near.DialAsync(_endpoint).AsTask())];
        var accepted = new List<ITransportConnection>();
        for (int i = 0; i < dialling.Length; i++) accepted.Add((await OfAsync(_far.AcceptAsync().AsTask()))!);
        DialOutcome[] outcomes = await OfAsync(Task.WhenAll(dialling));
        Assert.That(outcomes.Select(outcome => outcome.Fault), Has.All.EqualTo(TransportFault.None));
        foreach (ITransportConnection connection in accepted.Concat(outcomes.Select(outcome => outcome.Connection!)))
        {
            connection.Abort();
            await connection.DisposeAsync();
        }
    }

    [Test]
    public async Task Accept_OfADisposedTransport_IsNothing_AndOthersAreRefused()
    {
        Begin();
        Task<ITransportConnection?> accepting = _far.AcceptAsync().AsTask();
        await _far.DisposeAsync();
        Assert.That(await OfAsync(accepting), Is.Null);
        Assert.That(await OfAsync(_far.AcceptAsync().AsTask()), Is.Null);
        Assert.That((await OfAsync(_near.DialAsync(_endpoint).AsTask())).Fault, Is.EqualTo(TransportFault.Refused));
        Assert.That(async () => await _far.DialAsync(_endpoint), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Listen_WhereAnotherNodeDoes_IsRefused()
    {
        Begin();
        ListenOutcome outcome = await OfAsync(_near.ListenAsync(_endpoint).AsTask());
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.PortInUse));
        Assert.That(outcome.Endpoints, Is.Empty);
        Assert.That(outcome.Message, Does.Contain("in use"));
    }

    [Test]
    public void Accept_Cancelled_Throws()
    {
        Begin();
        using var cancelled = new CancellationTokenSource();
        Task<ITransportConnection?> accepting = _far.AcceptAsync(cancelled.Token).AsTask();
        cancelled.Cancel();
        Assert.That(async () => await OfAsync(accepting), Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Is called first in each test, on its thread.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Makes the transport of a node whose key is a small number.</summary>
    protected abstract ITransport Create(byte number);

    /// <summary>Where a node listens.</summary>
    protected abstract NodeEndpoint Listening(byte number);

    /// <summary>Returns an endpoint at which nothing listens.</summary>
    protected abstract Task<NodeEndpoint> FreeEndpointAsync();

    /// <summary>Waits until something has ended, moving time on where it is virtual.</summary>
    protected virtual Task UntilAsync(Task task) => task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Gives something the time to end by itself.</summary>
    protected virtual async Task IsSettledAsync(Task task) => await Task.WhenAny(task, Task.Delay(150));

    protected static async Task WriteAsync(ITransportConnection connection, byte[] bytes, int chunk)
    {
        for (int at = 0; at < bytes.Length; at += chunk)
            await connection.Output.WriteAsync(bytes.AsMemory(at, Math.Min(chunk, bytes.Length - at))).ConfigureAwait(false);
    }

    protected static async Task<byte[]> ReadAsync(ITransportConnection connection, int length)
    {
        var read = new ArrayBufferWriter<byte>();
        while (read.WrittenCount < length)
        {
            ReadResult result = await connection.Input.ReadAsync().ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> segment in result.Buffer) read.Write(segment.Span);
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }

        return read.WrittenSpan.ToArray();
    }

    protected static async Task<int> ReadToEndAsync(ITransportConnection connection) => (await ReadAsync(connection, int.MaxValue >> 1).ConfigureAwait(false)).Length;

    protected static byte[] Draw(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected async Task OfAsync(Task task)
    {
        await UntilAsync(task);
        await task;
    }

    protected async Task<T> OfAsync<T>(Task<T> task)
    {
        await UntilAsync(task);
        return await task;
    }

    private async Task<Pair> ConnectAsync()
    {
        Task<DialOutcome> dialling = _near.DialAsync(_endpoint).AsTask();
        ITransportConnection far = (await OfAsync(_far.AcceptAsync().AsTask()))!;
        DialOutcome outcome = await OfAsync(dialling);
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.None), outcome.Message);
        return new Pair(outcome.Connection!, far);
    }

    private sealed record Pair(ITransportConnection Near, ITransportConnection Far) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Near.Abort();
            Far.Abort();
            await Near.DisposeAsync();
            await Far.DisposeAsync();
        }
    }
}
