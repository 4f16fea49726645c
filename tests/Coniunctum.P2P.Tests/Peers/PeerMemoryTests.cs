using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Peers;

/// <summary>What is kept of a peer has a bound, whatever it sends.</summary>
public sealed class PeerMemoryTests
{
    private const long Bound = 4L * 1_024 * 1_024;

    [Test]
    public void Flood_OfEachKind_StaysWithinThePeersBound([Values("Have", "Announce", "NewAddresses", "Candidate", "Submit", "Compact")] string kind)
    {
        var world = new PeerWorld(1, new World(StandardFormat.Instance)) { Latency = TimeSpan.FromMilliseconds(1) };
        PeerNode node = world.Add();
        ScriptedPeer flooder = world.Script(node, 200);
        world.Run(TimeSpan.FromSeconds(1));
        HashedBlock block = world.Forge.Next(world.Forge.Genesis);
        ReadOnlyMemory<byte> payment = world.Chain.Hash(world.Chain.Pay(World.Alice, World.Bob, 1)).Encoded;
        long most = 0;
        for (int i = 0; i < 60; i++)
        {
            flooder.Say(kind switch
            {
                "Have" => new Have(Leaves(i, WireLimits.Leaves)),
                "Candidate" => new Candidate(new byte[100], Leaves(i, WireLimits.CandidateLeaves)),
                // Each with a proof, and with places for more transactions than there are.
                "Compact" => new Compact(
                    Blocks.HeadOf(world.Forge.Next(world.Forge.Genesis, miner: World.Owner((byte)i))), 1,
                    [.. Enumerable.Range(0, 400).Select(place => new PlacedTransaction((uint)place, payment))], Ids(i, 40_000)),
                "NewAddresses" => new NewAddresses([.. Leaves(i, 10).Select(leaf => new NodeAddress(Endpoint, new(leaf), 1, NodeRoles.Full))]),
                "Submit" => new Submit(world.Chain.Hash(world.Chain.Pay(World.Carol, World.Bob, 1)).Encoded),
                _ => new Announce([.. Enumerable.Repeat(Blocks.HeadOf(world.Forge.Hash(Forge.With(block.Block, block.Header with { Nonce = (ulong)i }))), 8)]),
            });
            world.Run(TimeSpan.FromMilliseconds(20));
            most = Math.Max(most, node.Peers.BytesOf(new PeerId(1)));
        }

        Assert.That(most, Is.LessThanOrEqualTo(Bound));
        Assert.That(node.Book.Count, Is.LessThanOrEqualTo(1_000));
    }

    [Test]
    public void Questions_OfAPeerThatDoesNotRead_StayWithinItsBound()
    {
        var world = new PeerWorld(1, new World(StandardFormat.Instance));
        PeerNode node = world.Add();
        foreach (HashedBlock block in world.Forge.Chain(world.Forge.Genesis, 20)) node.Adopt(block);
        world.Run(TimeSpan.FromSeconds(2));
        ScriptedPeer slow = world.Script(node, 200);
        node.WritesNothing = true;
        long most = 0;
        slow.Answers = message =>
        {
            // As soon as one is answered, the next is asked for.
            most = Math.Max(most, node.Peers.BytesOf(new PeerId(1)));
            return message is P2P.Wire.Messages.Block or P2P.Wire.Messages.Headers or Open
                ? [new GetHeaders([world.Chain.ChainId.Value], null)]
                : [];
        };
        world.Run(TimeSpan.FromSeconds(80));
        Assert.That(slow.Heard.OfType<P2P.Wire.Messages.Headers>(), Is.Not.Empty);
        Assert.That(most, Is.LessThanOrEqualTo(Bound));
    }

    private static NodeEndpoint Endpoint { get; } = NodeEndpoint.Parse("192.0.2.1:7770");

    private static byte[] Ids(int seed, int count)
    {
        byte[] bytes = new byte[6 * count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static ImmutableArray<Hash256> Leaves(int seed, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Sha3_256.Hash(BitConverter.GetBytes(((long)seed << 32) + i)))];
}
