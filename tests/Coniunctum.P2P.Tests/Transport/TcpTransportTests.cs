using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Transport;

/// <summary>What goes wrong between sockets, each an outcome with one clear line.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TcpTransportTests
{
    private static readonly NodeEndpoint s_anyPort = NodeEndpoint.Parse("127.0.0.1:0");

    private readonly ConcurrentQueue<RefusedConnection> _refused = new();
    private readonly ManualTime _clock = new();

    [Test]
    public async Task Dial_ANameThatDoesNotResolve_SaysSo()
    {
        await using TcpTransport transport = Create(1, resolve: (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        DialOutcome outcome = await transport.DialAsync(NodeEndpoint.Parse("no-such-node.example:7770"));
        Assert.That((outcome.Fault, outcome.Message), Is.EqualTo((TransportFault.NameNotFound, "The name 'no-such-node.example' does not resolve to an address: check its spelling and this machine's name servers, or give the address.")));
        Assert.That((await transport.ListenAsync(NodeEndpoint.Parse("no-such-node.example:7770"))).Fault, Is.EqualTo(TransportFault.NameNotFound));
    }

    [Test]
    public async Task Dial_ANameOfSeveralAddresses_TriesThemInTurn()
    {
        await using TcpTransport far = Create(2);
        NodeEndpoint endpoint = await ListenAsync(far);
        // Nothing listens at the first one.
        await using TcpTransport near = Create(1, resolve: (_, _) => Task.FromResult(new[] { IPAddress.Parse("127.0.0.9"), IPAddress.Loopback }));
        DialOutcome outcome = await near.DialAsync(NodeEndpoint.Parse("two.example:1").WithPort(endpoint.Port));
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.None), outcome.Message);
        Assert.That(outcome.Connection!.RemoteEndpoint, Is.EqualTo(endpoint));
        await outcome.Connection.DisposeAsync();
    }

    [Test]
    public async Task Listen_AtAnAddressOfAnotherMachine_SaysSo()
    {
        await using TcpTransport transport = Create(1);
        ListenOutcome outcome = await transport.ListenAsync(NodeEndpoint.Parse("192.0.2.7:0"));
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.NotLocal));
        Assert.That(outcome.Message, Does.Contain("0.0.0.0"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Dial_ASideThatSaysNothing_EndsWithTheHandshakesTime(bool isPlain)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using TcpTransport transport = Create(1, isPlain);
        Task<DialOutcome> dialling = transport.DialAsync(NodeEndpoint.Of((IPEndPoint)silent.LocalEndpoint)).AsTask();
        using Socket taken = await silent.AcceptSocketAsync();
        await HasTimersAsync(1);
        await ReceivesAsync(taken);
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        await Task.Delay(50);
        Assert.That(dialling.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That((await dialling.WaitAsync(TimeSpan.FromSeconds(30))).Fault, Is.EqualTo(TransportFault.HandshakeTimeout));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Accept_SidesThatSayNothing_AreAtMostSoMany_AndEndWithTheHandshakesTime(bool isPlain)
    {
        await using TcpTransport transport = Create(1, isPlain, maxHandshakes: 3);
        NodeEndpoint endpoint = await ListenAsync(transport);
        var silent = new List<Socket>();
        for (int i = 0; i < 3; i++) silent.Add(await ConnectAsync(endpoint));
        await HasTimersAsync(3);
        using Socket fourth = await ConnectAsync(endpoint);
        Assert.That(await IsClosedAsync(fourth), Is.True, "one too many is closed at once");
        Assert.That((await NextRefusalAsync()).Fault, Is.EqualTo(TransportFault.TooMany));

        _clock.Advance(TimeSpan.FromSeconds(10));
        for (int i = 0; i < 3; i++) Assert.That((await NextRefusalAsync()).Fault, Is.EqualTo(TransportFault.HandshakeTimeout));
        await using TcpTransport other = Create(2, isPlain);
        DialOutcome outcome = await other.DialAsync(endpoint);
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.None), outcome.Message);
        await outcome.Connection!.DisposeAsync();
        foreach (Socket socket in silent) socket.Dispose();
    }

    [Test]
    public async Task Accept_ManyFromOnePartOfTheNetwork_AreClosedBeforeAnyCryptography()
    {
        await using TcpTransport transport = Create(1, groupOf: _ => new AddressGroup(1));
        NodeEndpoint endpoint = await ListenAsync(transport);
        var sockets = new List<Socket>();
        for (int i = 0; i < 20; i++) sockets.Add(await ConnectAsync(endpoint));
        for (int i = 0; i < 4; i++) Assert.That((await NextRefusalAsync()).Fault, Is.EqualTo(TransportFault.TooMany));
        await HasTimersAsync(16);
        Assert.That(_refused, Is.Empty);
        foreach (Socket socket in sockets) socket.Dispose();
    }

    [TestCase(false, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", ExpectedResult = "HandshakeFailed")]
    [TestCase(true, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", ExpectedResult = "OtherProtocol")]
    [TestCase(true, "coniunctum/1 plaid\n", ExpectedResult = "OtherProtocol")]
    [TestCase(true, "coniunctum/1 pla", ExpectedResult = "Closed")]
    [TestCase(true, "", ExpectedResult = "Closed")]
    [TestCase(false, "", ExpectedResult = "Closed")]
    public async Task<string> Accept_SomethingElse_IsRefused(bool isPlain, string said)
    {
        await using TcpTransport transport = Create(1, isPlain);
        NodeEndpoint endpoint = await ListenAsync(transport);
        using Socket socket = await ConnectAsync(endpoint);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(said));
        socket.Shutdown(SocketShutdown.Send);
        return (await NextRefusalAsync()).Fault.ToString();
    }

    [Test]
    public async Task Plain_OnOneSideOnly_IsRefusedByBoth()
    {
        await using TcpTransport tls = Create(1);
        await using TcpTransport plain = Create(2, isPlain: true);
        NodeEndpoint tlsEndpoint = await ListenAsync(tls);
        NodeEndpoint plainEndpoint = await ListenAsync(plain);

        DialOutcome plainToTls = await plain.DialAsync(tlsEndpoint);
        Assert.That(plainToTls.Fault, Is.AnyOf(TransportFault.PlainOnOneSide, TransportFault.Closed), plainToTls.Message);
        Assert.That(plainToTls.Message, Does.Contain("plain TCP").And.Contain("both sides"));
        Assert.That((await NextRefusalAsync()).Fault, Is.EqualTo(TransportFault.HandshakeFailed));

        DialOutcome tlsToPlain = await tls.DialAsync(plainEndpoint);
        Assert.That(tlsToPlain.Fault, Is.AnyOf(TransportFault.HandshakeFailed, TransportFault.Closed), tlsToPlain.Message);
        Assert.That(tlsToPlain.Message, Does.Contain("plain TCP"));
        Assert.That((await NextRefusalAsync()).Fault, Is.EqualTo(TransportFault.PlainOnOneSide));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Write_ToASideThatTakesNothing_BreaksTheConnectionAfter30Seconds(bool isPlain)
    {
        await using TcpTransport near = Create(1, isPlain, socketBufferBytes: 8_192);
        await using TcpTransport far = Create(2, isPlain, socketBufferBytes: 8_192);
        DialOutcome outcome = await near.DialAsync(await ListenAsync(far));
        await using ITransportConnection connection = outcome.Connection!;
        await using ITransportConnection other = (await far.AcceptAsync())!;
        byte[] bytes = new byte[16_384];
        Task flushing = Task.CompletedTask;
        for (int i = 0; i < 10_000 && flushing.IsCompletedSuccessfully; i++)
        {
            flushing = connection.Output.WriteAsync(bytes).AsTask();
            // On a busy machine a write that will be taken takes longer than usual; only the last one is waited for in vain.
            await Task.WhenAny(flushing, Task.Delay(1_000));
        }

        Assert.That(flushing.IsCompleted, Is.False);
        await HasTimersAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        await Task.Delay(50);
        Assert.That(flushing.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(async () => await flushing.WaitAsync(TimeSpan.FromSeconds(30)), Throws.TypeOf<IOException>().With.Message.Contains("took nothing for 30 seconds"));
        other.Abort();
    }

    [Test]
    public async Task Write_ToASideThatReadsSlowly_StartsTheTimeAnew()
    {
        await using TcpTransport near = Create(1, isPlain: true, socketBufferBytes: 8_192);
        await using TcpTransport far = Create(2, isPlain: true, socketBufferBytes: 8_192);
        DialOutcome outcome = await near.DialAsync(await ListenAsync(far));
        await using ITransportConnection connection = outcome.Connection!;
        await using ITransportConnection other = (await far.AcceptAsync())!;
        byte[] bytes = new byte[16_384];
        for (int round = 0; round < 5; round++)
        {
            Task flushing = Task.CompletedTask;
            for (int i = 0; i < 10_000 && flushing.IsCompletedSuccessfully; i++)
            {
                flushing = connection.Output.WriteAsync(bytes).AsTask();
                await Task.WhenAny(flushing, Task.Delay(100));
            }

            await HasTimersAsync(1);
            _clock.Advance(TimeSpan.FromSeconds(29));
            while (!flushing.IsCompleted)
            {
                System.IO.Pipelines.ReadResult read = await other.Input.ReadAsync();
                other.Input.AdvanceTo(read.Buffer.End);
                await Task.WhenAny(flushing, Task.Delay(1));
            }

            await flushing;
        }

        other.Abort();
        connection.Abort();
    }

    [Test]
    public void Options_ThatContradictEachOther_Throw()
    {
        using NodeKey key = TestKeys.Node(1);
        Assert.That(() => new TcpTransport(key, new TcpTransportOptions { IsPlain = true, AllowedNodes = new HashSet<NodeId>() }), Throws.ArgumentException.With.Message.Contains("use TLS"));
        Assert.That(() => new TcpTransport(key, new TcpTransportOptions { HandshakeTimeout = TimeSpan.Zero }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TcpTransport(key, new TcpTransportOptions { MaxHandshakes = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Options_Defaults_AreTheLiterals()
    {
        var options = new TcpTransportOptions();
        Assert.That((options.HandshakeTimeout, options.ConnectTimeout, options.StallTimeout), Is.EqualTo((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30))));
        Assert.That((options.MaxHandshakes, options.IsPlain, options.AllowTls12, options.AllowedNodes), Is.EqualTo((32, false, false, (IReadOnlySet<NodeId>?)null)));
    }

    private static async Task<NodeEndpoint> ListenAsync(TcpTransport transport)
    {
        ListenOutcome outcome = await transport.ListenAsync(s_anyPort);
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.None), outcome.Message);
        return outcome.Endpoints[0];
    }

    private static async Task<Socket> ConnectAsync(NodeEndpoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.Address!, endpoint.Port);
        return socket;
    }

    private static async Task ReceivesAsync(Socket socket) =>
        await socket.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(30));

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(30)) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private async Task HasTimersAsync(int count)
    {
        for (int i = 0; i < 3_000 && _clock.Timers < count; i++) await Task.Delay(10);
        Assert.That(_clock.Timers, Is.GreaterThanOrEqualTo(count));
    }

    private async Task<RefusedConnection> NextRefusalAsync()
    {
        for (int i = 0; i < 3_000 && _refused.IsEmpty; i++) await Task.Delay(10);
        return _refused.TryDequeue(out RefusedConnection? refused) ? refused : throw new AssertionException("Nothing was refused.");
    }

    private TcpTransport Create(
        byte number,
        bool isPlain = false,
        int maxHandshakes = 32,
        int socketBufferBytes = 0,
        Func<IPAddress, AddressGroup?>? groupOf = null,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        using NodeKey key = TestKeys.Node(number);
        return new TcpTransport(key, new TcpTransportOptions
        {
            IsPlain = isPlain,
            Clock = _clock,
            MaxHandshakes = maxHandshakes,
            SocketBufferBytes = socketBufferBytes,
            OnRefused = _refused.Enqueue,
            GroupOf = groupOf ?? AddressGroup.Of,
            Resolve = resolve ?? Dns.GetHostAddressesAsync,
        });
    }
}
