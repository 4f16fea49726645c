using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>A side of a connection for which a test speaks: it says Hello and opens the ledger, and answers what the test has it answer.</summary>
internal sealed class ScriptedPeer(PeerWorld world, byte key) : LinkEnd
{
    public NodeId Node { get; } = NodeId.Of(TestKeys.Public(key));

    /// <summary>The height that it claims.</summary>
    public ulong Height { get; set; }

    /// <summary>The weight that it claims.</summary>
    public ulong Weight { get; set; }

    /// <summary>What it answers to a message; nothing where this returns nothing.</summary>
    public Func<WireMessage, IEnumerable<WireMessage>> Answers { get; set; } = static _ => [];

    public List<WireMessage> Heard { get; } = [];

    /// <summary>Whether it says nothing by itself.</summary>
    public bool IsMute { get; set; }

    /// <summary>The chain that it opens.</summary>
    public Hash256 ChainId { get; set; } = world.Chain.ChainId.Value;

    /// <summary>The tip that it claims.</summary>
    public Hash256 Tip { get; set; } = world.Chain.ChainId.Value;

    public string? Ended { get; private set; }

    public string? Proven { get; private set; }

    public Func<Hello, Hello> ChangesHello { get; set; } = static hello => hello;

    public Func<Pong, Pong> ChangesPong { get; set; } = static pong => pong;

    public override void Begin()
    {
        if (IsMute) return;
        Say(ChangesHello(new Hello(WireVersion.Major, WireVersion.Minor, 1_000UL + key, TestKeys.Public(key), [], NodeRoles.Full)));
        Say(new Open(ChainId, 0, 0, Height, Ledger.Work.From(Weight).ToBytes(), Tip, null));
    }

    public void Say(WireMessage message) =>
        Link.Send(this, KindTable.Of(message.Kind)!.Scope == MessageScope.Ledger ? (byte)1 : (byte)0, message, WireLimits.Default);

    public override void Take(WireMessage message, int bytes)
    {
        Heard.Add(message);
        if (message is Ping ping) Say(ChangesPong(new Pong(ping.Value)));
        foreach (WireMessage answer in Answers(message)) Say(answer);
    }

    public override void Fault(string text) => Proven = text;

    public override void End(string text) => Ended = text;
}
