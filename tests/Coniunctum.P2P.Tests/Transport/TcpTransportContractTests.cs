using System.Net;
using System.Net.Sockets;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Transport;

[TestFixture("TLS", "127.0.0.1:0")]
[TestFixture("TLS", "[::1]:0")]
[TestFixture("TLS", "localhost:0")]
[TestFixture("plain", "127.0.0.1:0")]
public sealed class TcpTransportContractTests(string spoken, string listening) : TransportContractTests
{
    protected override bool IsProving => spoken == "TLS";

    [OneTimeSetUp]
    public void SkipWithoutIPv6()
    {
        if (listening.StartsWith('[') && !Socket.OSSupportsIPv6) Assert.Ignore("this system has no IPv6");
    }

    protected override ITransport Create(byte number)
    {
        using NodeKey key = TestKeys.Node(number);
        return new TcpTransport(key, new TcpTransportOptions { IsPlain = spoken == "plain" });
    }

    protected override NodeEndpoint Listening(byte number) => NodeEndpoint.Parse(listening);

    protected override async Task<NodeEndpoint> FreeEndpointAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await Task.Yield();
        return NodeEndpoint.Of((IPEndPoint)socket.LocalEndPoint!);
    }
}
