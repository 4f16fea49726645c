using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Topics;

/// <summary>Whoever connects late hears what was said last, once, and no more than a node may say.</summary>
public sealed class TopicRelayTests
{
    [Test]
    public void Message_OfALatestTopic_ReachesWhoeverConnectsLater_AndOneOfAMeshDoesNot()
    {
        PeerWorld world = New();
        PeerNode node = world.Add();
        ScriptedPeer author = Open(world, node, 200);
        author.Say(new Publish("latest", new byte[] { 1, 1, 1 }, null));
        author.Say(new Publish("mesh", new byte[] { 1, 1, 1 }, null));
        world.Run(TimeSpan.FromSeconds(1));

        PeerNode late = world.Add();
        world.Connect(late, node);
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(Said(Open(world, late, 201)), Is.EqualTo(new[] { "latest 010101" }), "it has gone on as if it had come from its author");
        Assert.That(Said(author), Is.Empty, "its author has said it");
    }

    [Test]
    public void Messages_AboutOneKey_TheNewestIsSent()
    {
        PeerWorld world = New();
        PeerNode node = world.Add();
        ScriptedPeer author = Open(world, node, 200);
        author.Say(new Publish("latest", new byte[] { 1, 1, 1 }, null));
        author.Say(new Publish("latest", new byte[] { 1, 2, 1 }, null));
        // It contradicts itself, and says what is known.
        author.Say(new Publish("latest", new byte[] { 1, 1, 2 }, null));
        author.Say(new Publish("latest", new byte[] { 1, 2, 1 }, null));
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(Said(Open(world, node, 201)), Is.EqualTo(new[] { "latest 010201", "latest 010102" }));
    }

    [Test]
    public void Messages_WithoutEnd_AreSentAsFarAsOnePeerMaySendThem()
    {
        PeerWorld world = New();
        PeerNode node = world.Add();
        ScriptedPeer author = Open(world, node, 200);
        for (byte slot = 0; slot < 5 * SayingRule.PerSecond; slot++) author.Say(new Publish("latest", new byte[] { 1, slot, 1 }, null));
        world.Run(TimeSpan.FromSeconds(1));
        string[] said = Said(Open(world, node, 201));
        Assert.That(said, Has.Length.EqualTo(SayingRule.PerSecond));
        Assert.That(said[^1], Is.EqualTo("latest 016301"), "the newest ones");
    }

    [Test]
    public void Messages_ForANodeThatIsBehind_ComeWhenItHasCaughtUp()
    {
        const ulong Height = 30;
        PeerWorld world = New(Height);
        PeerNode node = world.Add();
        foreach (HashedBlock block in world.Forge.Chain(world.Forge.Genesis, (int)Height)) node.Adopt(block);
        world.Run(TimeSpan.FromSeconds(2));
        Open(world, node, 200).Say(new Publish("latest", new byte[] { 1, 1, 1 }, null));
        world.Run(TimeSpan.FromSeconds(1));

        PeerNode late = world.Add();
        ScriptedPeer witness = Open(world, late, 201);
        world.Connect(late, node);
        world.RunUntil(() => late.Height == Height, TimeSpan.FromMinutes(1), "it has caught up");
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That(Said(witness), Is.EqualTo(new[] { "latest 010101" }));
    }

    private static PeerWorld New(ulong leastHeight = 0)
    {
        ChainProfile profile = World.ProfileOf(StandardFormat.Instance);
        return new PeerWorld(1, new World(profile with { Consensus = new SayingRule((ConsensusSpec)profile.Consensus, leastHeight) }));
    }

    private static ScriptedPeer Open(PeerWorld world, PeerNode node, byte key)
    {
        // As high as the node, or it would be told later.
        ScriptedPeer peer = world.Script(node, key);
        peer.Height = node.Height;
        world.Run(TimeSpan.FromSeconds(1));
        return peer;
    }

    private static string[] Said(ScriptedPeer peer) => [.. peer.Heard.OfType<Publish>().Select(message => $"{message.Topic} {Convert.ToHexString(message.Content.Span)}")];
}
