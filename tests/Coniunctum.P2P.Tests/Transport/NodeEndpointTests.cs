using System.Net;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Transport;

public sealed class NodeEndpointTests
{
    [TestCase("node.example:7770", "node.example", 7770)]
    [TestCase("NODE.Example:1", "node.example", 1)]
    [TestCase("localhost:0", "localhost", 0)]
    [TestCase("a_b-c.d:65535", "a_b-c.d", 65535)]
    [TestCase("192.0.2.7:7770", "192.0.2.7", 7770)]
    [TestCase("[2001:db8::7]:7770", "2001:db8::7", 7770)]
    [TestCase("[2001:DB8:0:0::7]:7770", "2001:db8::7", 7770)]
    [TestCase("[::ffff:192.0.2.7]:7770", "192.0.2.7", 7770)]
    public void Parse_WellFormed_GivesHostAndPort(string text, string host, int port)
    {
        NodeEndpoint endpoint = NodeEndpoint.Parse(text);
        Assert.That((endpoint.Host, endpoint.Port), Is.EqualTo((host, port)));
        Assert.That(NodeEndpoint.Parse(endpoint.ToString()), Is.EqualTo(endpoint));
        Assert.That(endpoint.Address is null, Is.EqualTo(char.IsAsciiLetter(host[0])));
    }

    [TestCase("")]
    [TestCase(":1")]
    [TestCase("[[::1]:80]:90")]
    [TestCase("[::1%1]:1")]
    [TestCase("[fe80::1%eth0]:1")]
    [TestCase("node.example")]
    [TestCase("node.example:")]
    [TestCase("node.example:65536")]
    [TestCase("node.example:-1")]
    [TestCase("node.example:+1")]
    [TestCase("node.example: 1")]
    [TestCase("node.example:01")]
    [TestCase("node..example:1")]
    [TestCase(".node:1")]
    [TestCase("node.:1")]
    [TestCase("-node:1")]
    [TestCase("node-:1")]
    [TestCase("nöde:1")]
    [TestCase("no de:1")]
    [TestCase("node/x:1")]
    [TestCase("127.1:1")]
    [TestCase("0127.0.0.1:1")]
    [TestCase("0x7f000001.1:1")]
    [TestCase("2130706433:1")]
    [TestCase("300.1.1.1:1")]
    [TestCase("2001:db8::7:7770")]
    [TestCase("[192.0.2.7]:1")]
    [TestCase("[fe80::1%1]:1")]
    [TestCase("[::1:1")]
    public void Parse_Malformed_IsRefused(string text)
    {
        Assert.That(NodeEndpoint.TryParse(text, out NodeEndpoint? endpoint), Is.False);
        Assert.That(endpoint, Is.Null);
        Assert.That(() => NodeEndpoint.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void Parse_LongNames_UpTo253CharactersAnd63ALabel()
    {
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{label[..61]}";
        Assert.That(NodeEndpoint.TryParse(longest + ":1", out _), Is.True);
        Assert.That(NodeEndpoint.TryParse(longest + "a:1", out _), Is.False);
        Assert.That(NodeEndpoint.TryParse(label + "a:1", out _), Is.False);
        Assert.That(NodeEndpoint.TryParse(new string('a', 10_000_000) + ":1", out _), Is.False);
    }

    [Test]
    public void Of_AnEndpointOfTheSystem_HasNoScopeAndNoMappedAddress()
    {
        Assert.That(NodeEndpoint.Of(new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.1"), 5)).ToString(), Is.EqualTo("10.0.0.1:5"));
        Assert.That(NodeEndpoint.Of(new IPEndPoint(IPAddress.Parse("fe80::1%3"), 5)).ToString(), Is.EqualTo("[fe80::1]:5"));
    }

    [Test]
    public void WithPort_OutOfRange_Throws()
    {
        NodeEndpoint endpoint = NodeEndpoint.Parse("a:1");
        Assert.That(endpoint.WithPort(0).ToString(), Is.EqualTo("a:0"));
        Assert.That(() => endpoint.WithPort(65_536), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => endpoint.WithPort(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
