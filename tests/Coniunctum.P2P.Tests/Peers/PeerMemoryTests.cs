using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Peers;

/// <summary>What is kept of a peer has a bound, whatever it sends.</summary>
public sealed class PeerMemoryTests
{
    private const long Bound = 4L * 1_024 * 1_024;

    // What waits for the node's time beside that: 2 MiB are on their way, and the queue of inputs takes an eighth of each of its kinds, and one more.
    private const long MostWhileBusy = 20L * 1_024 * 1_024;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";

    /// <summary>All that may come unasked: what is free, as many questions as may be outstanding, ledgers that are not here, and what is begun and not ended.</summary>
    public static IEnumerable<string> Floods =>
    [
        .. KindTable.All.Where(rule => rule.Turn is MessageTurn.Free or MessageTurn.Request or MessageTurn.Opens).Select(rule => rule.Kind.ToString()), "Begun",
    ];

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

    /// <summary>
    /// Through the shell: what the machine counts of each peer has a bound. At its whole size what the process holds more than before is measured, for each
    /// of three peers, while the node takes its steps and while it has no time for any.
    /// </summary>
    [Test]
    [Category("Long")]
    public async Task Flood_ThroughTheShell_StaysWithinThePeersBound([ValueSource(nameof(Floods))] string kind)
    {
        (long counted, long measured, long read) = await FloodAsync(kind, isBusy: false);
        Assert.That(counted, Is.LessThanOrEqualTo(Bound));
        if (!s_isLong) return;
        (_, long busy, long readBusy) = await FloodAsync(kind, isBusy: true);
        await TestContext.Out.WriteLineAsync(FormattableString.Invariant($"| {kind} | {counted / 1_024} | {measured / 1_024} | {busy / 1_024} | {read / 1_024} | {readBusy / 1_024} |"));
        Assert.That(measured, Is.LessThanOrEqualTo(Bound));
        Assert.That(busy, Is.LessThanOrEqualTo(MostWhileBusy));
    }

    /// <summary>Returns what was counted at most of a peer, what is held for each, and how many bytes of each were read.</summary>
    private static async Task<(long Counted, long Held, long Read)> FloodAsync(string kind, bool isBusy)
    {
        int flooders = s_isLong ? 3 : 1;
        var world = new World(StandardFormat.Instance);
        using var store = new MemoryChainStore();
        HashedBlock genesis = new Forge(world).Genesis;
        store.Commit(new StoreBatch { Connected = [new StoredBlock(HeadCodec.Write(genesis, world.Profile.Format, default, Work.Zero), genesis.Encoded, default)] });
        byte[][][] floods = [.. Enumerable.Range(0, flooders).Select(seed => FramesOf(kind, world, seed))];
        await using var node = new FloodedNode(world.Profile, world.ChainId, new LargeBlockStore(store));
        bool isRepeated = Enum.TryParse(kind, out MessageKind known) && KindTable.Of(known)!.Turn == MessageTurn.Free;
        for (int i = 0; i < flooders; i++) await node.ConnectAsync((byte)(100 + i), floods[i], isRepeated);
        long before = s_isLong ? GC.GetTotalMemory(true) : 0;
        long readBefore = node.BytesRead;
        node.IsBusy = isBusy;
        await node.FloodAsync(s_isLong ? TimeSpan.FromSeconds(2) : TimeSpan.FromMilliseconds(100));
        if (isBusy) await node.UntilNothingIsReadAsync();
        long held = s_isLong ? GC.GetTotalMemory(true) - before : 0;
        long read = node.BytesRead - readBefore;
        Assert.That(node.Ended, Is.Empty, "no flood proves a fault");
        GC.KeepAlive(floods);
        return (node.MostCounted, held / flooders, read / flooders);
    }

    private static byte[][] FramesOf(string kind, World world, int seed)
    {
        if (kind == "Begun") return Begun();
        byte channel = (byte)(KindTable.Of(Enum.Parse<MessageKind>(kind))!.Scope == MessageScope.Ledger ? 1 : 0);
        if (kind == nameof(Open))
            return [.. Enumerable.Range(2, 63).Select(other => FloodedNode.FramesOf((byte)other, new Open(Leaf(seed, other), 0, 0, 0, default, default, new byte[64 * 1_024])))];
        return [.. MessagesOf(kind, world, seed).Select(message => FloodedNode.FramesOf(channel, message))];
    }

    /// <summary>Of each class the largest message that may come unasked, all but its last frame.</summary>
    private static byte[][] Begun() =>
    [
        .. KindTable.All.Where(rule => rule.Turn is MessageTurn.Free or MessageTurn.Opens).GroupBy(rule => rule.Class).Select(group =>
        {
            KindRule largest = group.MaxBy(rule => rule.MaxBytes)!;
            byte channel = (byte)(largest.Turn == MessageTurn.Opens ? 2 : largest.Scope == MessageScope.Ledger ? 1 : 0);
            byte[] frames = FloodedNode.FramesOf(channel, largest.Kind, new byte[largest.MaxBytes]);
            return frames[..(frames.Length / 16_384 * 16_384 - (frames.Length % 16_384 == 0 ? 16_384 : 0))];
        }),
    ];

    private static IEnumerable<WireMessage> MessagesOf(string kind, World world, int seed)
    {
        var forge = new Forge(world);
        var random = new Random(seed);
        ReadOnlyMemory<byte> payment = world.Hash(world.Pay(World.Alice, World.Bob, 1)).Encoded;
        Hash256 genesis = world.ChainId.Value;
        return kind switch
        {
            "Publish" => Many(30, i => new Publish("votes", Bytes(64 * 1_024), Leaf(seed, i))),
            "Digest" => Many(30, _ => new Digest("votes", Bytes(8 * WireLimits.DigestIds))),
            "Want" => Many(30, _ => new Want("votes", Bytes(8 * WireLimits.DigestIds))),
            "Announce" => Many(40, i => new Announce([.. Enumerable.Range(0, 8).Select(j => Blocks.HeadOf(BlockOf(8 * i + j)))])),
            "Compact" => Many(20, i => new Compact(
                Blocks.HeadOf(BlockOf(i)), 1, [.. Enumerable.Range(0, 400).Select(place => new PlacedTransaction((uint)place, payment))], Ids(random.Next(), 40_000))),
            "GetCompact" => Many(100, i => new GetCompact(Leaf(seed, i))),
            "Have" => Many(30, i => new Have(Leaves((seed << 10) + i, WireLimits.Leaves))),
            "Candidate" => Many(10, i => new Candidate(Bytes(WireLimits.HeaderBytes), Leaves((seed << 10) + i, WireLimits.CandidateLeaves))),
            "NewAddresses" => Many(50, i => new NewAddresses([.. Leaves((seed << 10) + i, 10).Select(leaf => new NodeAddress(Endpoint, new(leaf), 1, NodeRoles.Full))])),
            "GetHeaders" => [new GetHeaders([genesis], null)],
            "GetSides" => [new GetSides(0)],
            "GetBlocks" => [new GetBlocks(Leaves(seed, 16))],
            "GetCertificates" => [new GetCertificates(Leaves(seed, 16))],
            "GetParts" => Many(3, i => new GetParts(Leaf(seed, i), Bytes(8 * 1_024))),
            "GetTransactions" => [new GetTransactions(Leaves(seed, WireLimits.TransactionsInFlight))],
            "Submit" => Many(16, i => new Submit(world.Hash(world.Pay(World.Carol, World.Bob, (ulong)i + 1)).Encoded)),
            "Ping" => [new Ping(1)],
            "GetAddresses" => [new GetAddresses()],
            "GetProof" => Many(4, _ => new GetProof(genesis, [.. Enumerable.Range(0, WireLimits.ProofKeys).Select(_ => Bytes(WireLimits.KeyBytes))])),
            "GetInclusion" => Many(4, i => new GetInclusion(genesis, Leaf(seed, i))),
            "GetAncestry" => Many(4, _ => new GetAncestry(genesis, 0)),
            "GetManifest" => [new GetManifest(0)],
            "GetShard" => Many(4, i => new GetShard(0, (uint)i)),
            _ => throw new NotSupportedException($"No flood of {kind} is known: add one."),
        };

        ReadOnlyMemory<byte> Bytes(int count)
        {
            byte[] bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        // Each with a proof.
        HashedBlock BlockOf(int number) => forge.Next(forge.Genesis, miner: new Address(Leaf(seed, number)));
    }

    private static WireMessage[] Many(int count, Func<int, WireMessage> make) => [.. Enumerable.Range(0, count).Select(make)];

    private static Hash256 Leaf(int seed, int number) => Sha3_256.Hash(BitConverter.GetBytes(((long)seed << 32) + number));

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
