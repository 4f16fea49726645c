using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Transport;

/// <summary>What TLS keeps out, and what a listener in between sees.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TlsTests
{
    private const byte ChangeCipherSpec = 0x14;
    private const byte HandshakeRecord = 0x16;
    private const byte ApplicationData = 0x17;

    private static readonly byte[] s_secret = Encoding.ASCII.GetBytes("nobody in between may read this sentence");

    private readonly ConcurrentQueue<RefusedConnection> _refused = new();

    [Test]
    public async Task Capture_ShowsNoPlaintext_ButTheHandshake()
    {
        using NodeKey nearKey = TestKeys.Node(1);
        using NodeKey farKey = TestKeys.Node(2);
        (byte[] outbound, byte[] inbound) = await CaptureAsync(nearKey, farKey, isPlain: false);
        foreach (byte[] seen in (byte[][])[outbound, inbound])
        {
            Assert.That(Holds(seen, s_secret), Is.False);
            foreach (NodeKey key in (NodeKey[])[nearKey, farKey])
            {
                Assert.That(Holds(seen, key.PublicKey.AsSpan()), Is.False, "who talks is not shown either");
                Assert.That(Holds(seen, key.Id.Value.AsSpan()), Is.False);
            }

            byte[] types = [.. RecordingProxy.Records(seen).Select(record => record[0])];
            Assert.That(types[0], Is.EqualTo(HandshakeRecord));
            Assert.That(types.Skip(1), Has.All.EqualTo(ApplicationData).Or.EqualTo(ChangeCipherSpec), "one record of each side is not encrypted");
            Assert.That(types.Count(type => type == ApplicationData), Is.GreaterThan(2));
        }

        Assert.That(Holds(outbound, "coniunctum/1"u8), Is.True, "the protocol's name stands in the first message of TLS");
    }

    [Test]
    public async Task Capture_OfPlainTcp_ShowsEverything()
    {
        using NodeKey nearKey = TestKeys.Node(1);
        using NodeKey farKey = TestKeys.Node(2);
        (byte[] outbound, byte[] inbound) = await CaptureAsync(nearKey, farKey, isPlain: true);
        Assert.That(outbound, Is.EqualTo((byte[])[.. "coniunctum/1 plain\n"u8, .. s_secret]));
        Assert.That(inbound, Is.EqualTo((byte[])[.. "coniunctum/1 plain\n"u8, .. s_secret]));
    }

    [TestCase("flip")]
    [TestCase("replay")]
    [TestCase("swap")]
    [TestCase("drop")]
    [TestCase("cut")]
    public async Task Records_ThatSomethingInBetweenChanges_EndTheConnection_AndNothingOfThemIsRead(string change)
    {
        await using TcpTransport near = Create(1);
        await using TcpTransport far = Create(2);
        await using var proxy = new RecordingProxy(await ListenAsync(far));
        DialOutcome dialled = await near.DialAsync(proxy.Endpoint);
        Assert.That(dialled.Fault, Is.EqualTo(TransportFault.None), dialled.Message);
        await using ITransportConnection reader = dialled.Connection!;
        await using ITransportConnection writer = await AcceptAsync(far);

        await writer.Output.WriteAsync("one"u8.ToArray());
        Assert.That(await ReadAsync(reader.Input, 3), Is.EqualTo("one"));
        byte[]? held = null;
        proxy.Change = record =>
        {
            if (held is { } first)
            {
                held = [];
                return change == "swap" && first.Length > 0 ? [record, first] : [record];
            }

            held = record;
            switch (change)
            {
                case "flip": record[^1] ^= 1; return [record];
                case "replay": return [record, record];
                case "cut": return [record[..^1]];
                default: return [];
            }
        };
        string read = "";
        try
        {
            await writer.Output.WriteAsync("two"u8.ToArray());
            await writer.Output.WriteAsync("three"u8.ToArray());
            read = await ReadAsync(reader.Input, 100).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Fail($"the connection ended as if nothing had been: '{read}'");
        }
        catch (IOException)
        {
            Assert.That(read, Is.Empty);
        }

        writer.Abort();
    }

    [Test]
    public async Task Dial_ACertificateThatAnotherKeySigned_IsRefused_OnBothSides()
    {
        using NodeKey victim = TestKeys.Node(7);
        using NodeKey attacker = TestKeys.Node(8);
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] binding = NodeCertificate.Bind(attacker, ephemeral.ExportSubjectPublicKeyInfo());
        victim.PublicKey.CopyTo(binding.AsSpan(1));
        await AssertRefusedAsync(NodeCertificate.Create(ephemeral, binding), TransportFault.NotSignedByNodeKey);
    }

    [Test]
    public async Task Dial_AnExtensionCopiedFromAnothersCertificate_IsRefused_OnBothSides()
    {
        using NodeKey victim = TestKeys.Node(7);
        using X509Certificate2 real = NodeCertificate.Create(victim);
        byte[] binding = real.Extensions.Single(one => one.Oid!.Value == NodeCertificate.ExtensionOid).RawData[3..];
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await AssertRefusedAsync(NodeCertificate.Create(ephemeral, binding), TransportFault.NotSignedByNodeKey);
    }

    [Test]
    public async Task Dial_ACertificateWithoutANodeKey_IsRefused_OnBothSides()
    {
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=coniunctum", ephemeral, HashAlgorithmName.SHA256);
        await AssertRefusedAsync(request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)), TransportFault.NoNodeKey);
    }

    [Test]
    public async Task Accept_AClientWithoutACertificate_IsRefused()
    {
        await using TcpTransport far = Create(2);
        NodeEndpoint endpoint = await ListenAsync(far);
        await TryAsClientAsync(endpoint, options => { });
        Assert.That((await NextRefusalAsync()).Fault, Is.EqualTo(TransportFault.NoNodeKey));
    }

    [TestCase(null)]
    [TestCase("h2")]
    public async Task Accept_AnotherProtocol_IsRefused(string? protocol)
    {
        await using TcpTransport far = Create(2);
        NodeEndpoint endpoint = await ListenAsync(far);
        using NodeKey key = TestKeys.Node(3);
        using X509Certificate2 certificate = NodeCertificate.Create(key);
        await TryAsClientAsync(endpoint, options =>
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
            options.ApplicationProtocols = protocol is null ? null : [new SslApplicationProtocol(protocol)];
        });
        Assert.That((await NextRefusalAsync()).Fault, Is.AnyOf(TransportFault.OtherProtocol, TransportFault.HandshakeFailed));
    }

    [TestCase(null)]
    [TestCase("h2")]
    public async Task Dial_AServerOfAnotherProtocol_IsRefused(string? protocol)
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using NodeKey key = TestKeys.Node(3);
        using X509Certificate2 certificate = NodeCertificate.Create(key);
        Task serving = ServeAsync(listener, certificate, protocol);
        await using TcpTransport near = Create(1);
        DialOutcome outcome = await near.DialAsync(NodeEndpoint.Of((System.Net.IPEndPoint)listener.LocalEndpoint));
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.OtherProtocol), outcome.Message);
        await serving;
    }

    [Test]
    public async Task Accept_TheVersionBefore_IsRefused_UnlessItIsAllowed()
    {
        using NodeKey key = TestKeys.Node(3);
        using X509Certificate2 certificate = NodeCertificate.Create(key);
        foreach (bool isAllowed in (bool[])[false, true])
        {
            using NodeKey own = TestKeys.Node(2);
            await using var far = new TcpTransport(own, new TcpTransportOptions { OnRefused = _refused.Enqueue, AllowTls12 = isAllowed });
            NodeEndpoint endpoint = await ListenAsync(far);
            bool isConnected = await TryAsClientAsync(endpoint, options =>
            {
                options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
#pragma warning disable CA5398 // The version before is what is tried.
                options.EnabledSslProtocols = SslProtocols.Tls12;
#pragma warning restore CA5398
            });
            Assert.That(isConnected, Is.EqualTo(isAllowed));
            if (!isAllowed) Assert.That((await NextRefusalAsync()).Fault, Is.EqualTo(TransportFault.HandshakeFailed));
        }
    }

    [Test]
    public async Task Accept_AClientThatWouldResume_ShakesHandsAnew()
    {
        await using TcpTransport far = Create(2);
        await using var proxy = new RecordingProxy(await ListenAsync(far));
        using NodeKey key = TestKeys.Node(3);
        using X509Certificate2 certificate = NodeCertificate.Create(key);
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        for (int i = 0; i < 3; i++)
        {
            bool isConnected = await TryAsClientAsync(proxy.Endpoint, options =>
            {
                options.ClientCertificateContext = context;
                options.AllowTlsResume = true;
                options.TargetHost = "node.example";
            }, async tls =>
            {
                await using ITransportConnection connection = await AcceptAsync(far);
                Assert.That(connection.RemoteId, Is.EqualTo(key.Id));
                // What a server gives for a later session comes before the first bytes.
                await connection.Output.WriteAsync(new byte[1]);
                Assert.That(await tls.ReadAsync(new byte[1]), Is.EqualTo(1));
                connection.Abort();
            });
            Assert.That(isConnected, Is.True);
        }

        byte[][] hellos = [.. proxy.Inbound.Select(received =>
        {
            lock (received) return RecordingProxy.Records(received.ToArray()).First();
        })];
        Assert.That(hellos, Has.Length.EqualTo(3));
        Assert.That(hellos.SelectMany(ExtensionsOf), Does.Not.Contain(41), "the server takes up no session (pre_shared_key, RFC 8446)");
        Assert.That(hellos.Select(ExtensionsOf), Has.All.Contains(51), "each time keys are agreed on");
    }

    [Test]
    public async Task Accept_ANodeThatIsNotAllowed_IsToldBehindTls_BeforeHello()
    {
        using NodeKey friend = TestKeys.Node(3);
        using NodeKey own = TestKeys.Node(2);
        await using var far = new TcpTransport(own, new TcpTransportOptions { AllowedNodes = new HashSet<NodeId> { friend.Id }, OnRefused = _refused.Enqueue });
        NodeEndpoint endpoint = await ListenAsync(far);

        await using TcpTransport stranger = Create(4);
        await using ITransportConnection refused = (await stranger.DialAsync(endpoint)).Connection!;
        byte[] heard = Encoding.Latin1.GetBytes(await ReadAsync(refused.Input, 10_000, Encoding.Latin1));
        var frames = new FrameReader((_, _) => 1_024);
        var input = new ReadOnlySequence<byte>(heard);
        Assert.That(frames.TryRead(ref input, out FramedMessage framed), Is.True);
        DecodeOutcome outcome = MessageCodec.Decode((MessageKind)framed.Kind, framed.Bytes, WireLimits.Default, out WireMessage? message);
        Assert.That(outcome.IsValid, outcome.ToString());
        Assert.That(message, Is.TypeOf<Bye>().With.Property("Reason").EqualTo(ByeReason.NotAllowed));
        Assert.That(input.IsEmpty);
        Assert.That((await NextRefusalAsync()).Message, Does.Contain(stranger.Id.ToString()));

        await using TcpTransport known = Create(3);
        await using ITransportConnection taken = (await known.DialAsync(endpoint)).Connection!;
        await using ITransportConnection accepted = await AcceptAsync(far);
        Assert.That(accepted.RemoteId, Is.EqualTo(friend.Id));
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, string? protocol)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        await using var tls = new SslStream(new NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                ApplicationProtocols = protocol is null ? null : [new SslApplicationProtocol(protocol)],
            });
            _ = await tls.ReadAsync(new byte[1]);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // The dialler has hung up.
        }
    }

    private static async Task<bool> TryAsClientAsync(NodeEndpoint endpoint, Action<SslClientAuthenticationOptions> configure, Func<SslStream, Task>? whileConnected = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "",
            ApplicationProtocols = [new SslApplicationProtocol("coniunctum/1")],
#pragma warning disable CA5359 // The server's certificate is not what is tried.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
        configure(options);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.Address!, endpoint.Port);
        await using var tls = new SslStream(new NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsClientAsync(options);
            if (whileConnected is not null) await whileConnected(tls);
            return true;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return false;
        }
    }

    private async Task AssertRefusedAsync(X509Certificate2 certificate, TransportFault expected)
    {
        using NodeKey key = TestKeys.Node(8);
        // A transport disposes its certificate.
        await using var liar = new TcpTransport(key, new TcpTransportOptions(), certificate);
        NodeEndpoint liarsEndpoint = await ListenAsync(liar);
        await using TcpTransport honest = Create(1);
        NodeEndpoint endpoint = await ListenAsync(honest);

        DialOutcome toLiar = await honest.DialAsync(liarsEndpoint);
        Assert.That(toLiar.Fault, Is.EqualTo(expected), toLiar.Message);

        DialOutcome byLiar = await liar.DialAsync(endpoint);
        RefusedConnection refused = await NextRefusalAsync();
        Assert.That(refused.Fault, Is.EqualTo(expected), refused.Message);
        if (byLiar.Connection is { } connection)
        {
            // In TLS 1.3 a client is done before the server has seen its certificate; then nothing comes but the end.
            try
            {
                Assert.That(await ReadAsync(connection.Input, 1), Is.Empty);
            }
            catch (IOException)
            {
                // The alert of TLS.
            }

            await connection.DisposeAsync();
        }
    }

    private async Task<(byte[] Outbound, byte[] Inbound)> CaptureAsync(NodeKey nearKey, NodeKey farKey, bool isPlain)
    {
        await using var near = new TcpTransport(nearKey, new TcpTransportOptions { IsPlain = isPlain });
        await using var far = new TcpTransport(farKey, new TcpTransportOptions { IsPlain = isPlain });
        await using var proxy = new RecordingProxy(await ListenAsync(far));
        DialOutcome dialled = await near.DialAsync(proxy.Endpoint);
        Assert.That(dialled.Fault, Is.EqualTo(TransportFault.None), dialled.Message);
        await using (ITransportConnection connection = dialled.Connection!)
        await using (ITransportConnection other = await AcceptAsync(far))
        {
            await connection.Output.WriteAsync(s_secret);
            await other.Output.WriteAsync(s_secret);
            Assert.That(await ReadAsync(connection.Input, s_secret.Length), Is.EqualTo(Encoding.ASCII.GetString(s_secret)));
            Assert.That(await ReadAsync(other.Input, s_secret.Length), Is.EqualTo(Encoding.ASCII.GetString(s_secret)));
            lock (proxy.Outbound[0])
                lock (proxy.Inbound[0])
                    return (proxy.Outbound[0].ToArray(), proxy.Inbound[0].ToArray());
        }
    }

    private static bool Holds(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part) >= 0;

    private static List<int> ExtensionsOf(byte[] record)
    {
        // Of a server's first message: record 5, message 4, version 2, random 32, session id, cipher suite 2, compression 1, length 2.
        int at = 5 + 4 + 2 + 32;
        at += 1 + record[at] + 2 + 1 + 2;
        var found = new List<int>();
        while (at + 4 <= record.Length)
        {
            found.Add((record[at] << 8) | record[at + 1]);
            at += 4 + ((record[at + 2] << 8) | record[at + 3]);
        }

        return found;
    }

    private static async Task<string> ReadAsync(PipeReader reader, int length, Encoding? encoding = null)
    {
        var read = new ArrayBufferWriter<byte>();
        while (read.WrittenCount < length)
        {
            ReadResult result = await reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            foreach (ReadOnlyMemory<byte> segment in result.Buffer) read.Write(segment.Span);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }

        return (encoding ?? Encoding.ASCII).GetString(read.WrittenSpan);
    }

    private static async Task<ITransportConnection> AcceptAsync(TcpTransport transport) =>
        (await transport.AcceptAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)))!;

    private static async Task<NodeEndpoint> ListenAsync(TcpTransport transport)
    {
        ListenOutcome outcome = await transport.ListenAsync(NodeEndpoint.Parse("127.0.0.1:0"));
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.None), outcome.Message);
        return outcome.Endpoints[0];
    }

    private async Task<RefusedConnection> NextRefusalAsync()
    {
        for (int i = 0; i < 3_000 && _refused.IsEmpty; i++) await Task.Delay(10);
        return _refused.TryDequeue(out RefusedConnection? refused) ? refused : throw new AssertionException("Nothing was refused.");
    }

    private TcpTransport Create(byte number)
    {
        using NodeKey key = TestKeys.Node(number);
        return new TcpTransport(key, new TcpTransportOptions { OnRefused = _refused.Enqueue });
    }
}
