using Coniunctum.Consensus;

namespace Coniunctum.Tests;

public sealed class NetworkOptionsTests
{
    [Test]
    public void Validate_Defaults_AreRight() => Assert.That(new NetworkOptions().Validate(), Is.Empty);

    [Test]
    public void Validate_WhatCanBeRead_IsRight()
    {
        var options = new NetworkOptions
        {
            Listen = { "0.0.0.0:7770", "[::1]:0" },
            Peers = { "node.example:7770", $"{default(P2P.Identity.NodeId)}@192.0.2.7:7770" },
            AllowedNodes = { $"{default(P2P.Identity.NodeId)}" },
            PeersFile = "peers.txt",
            KeyFile = "node.key",
        };
        Assert.That(options.Validate(), Is.Empty);
    }

    [Test]
    public void Validate_WhatIsWrong_IsNamedWithWhatWasFoundAndExpected()
    {
        var options = new NetworkOptions
        {
            Listen = { "7770" },
            Peers = { "node.example", "node1@node.example:1", "node.example:0" },
            AllowedNodes = { "alice" },
            PeersFile = "",
            KeyFile = "",
            MaxInbound = 129,
            MaxOutbound = -1,
        };
        IReadOnlyList<OptionFault> faults = options.Validate();
        Assert.That(
            faults.Select(fault => (fault.Option, fault.Found)),
            Is.EqualTo(new[]
            {
                ("Listen", "'7770'"), ("Peers", "'node.example'"), ("Peers", "'node1@node.example:1'"), ("Peers", "'node.example:0'"), ("AllowedNodes", "'alice'"),
                ("PeersFile", "empty"), ("KeyFile", "empty"), ("MaxOutbound", "-1"), ("MaxInbound", "129"),
            }));
        Assert.That(faults.Select(fault => fault.Expected), Has.All.Not.Empty);
    }

    [Test]
    public void Validate_AllowedNodesUnderPlainTcp_AreAFault()
    {
        var options = new NetworkOptions { IsPlain = true, AllowedNodes = { $"{default(P2P.Identity.NodeId)}" } };
        Assert.That(options.Validate().Single().Option, Is.EqualTo("AllowedNodes"));
    }

    [Test]
    public void UseNetwork_OfWrongOptions_Throws() => Assert.That(
        () => LedgerBuilder.For(Profiles.Development).UseNetwork(new NetworkOptions { Listen = { "x" } }),
        Throws.ArgumentException.With.Message.Contains("Listen is 'x'; expected host:port"));

    [Test]
    public void For_OptionsWithAWrongNetwork_NamesIt() => Assert.That(
        new LedgerOptions { Network = new NetworkOptions { Peers = { "x" } } }.Validate().Single().Option,
        Is.EqualTo("Network.Peers"));
}
