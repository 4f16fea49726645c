using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Relay;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Relay;

/// <summary>Blocks whose transactions are here come without them; whatever does not work out so costs no one but what is proven.</summary>
public sealed class CompactRelayTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    [Test]
    public void Blocks_OfPooledTransactions_ReachAll_WithoutTheirTransactions([Range(1, 3)] int seed)
    {
        const int Count = 8, Mined = 5, PaymentsABlock = 40;
        PeerWorld world = New((ulong)seed);
        for (int i = 0; i < Count; i++) world.Add();
        for (int i = 0; i < Count; i++)
            for (int j = 0; j < i; j++) world.Connect(world.Nodes[i], world.Nodes[j]);
        world.Run(TimeSpan.FromSeconds(3));
        long size = 0;
        foreach (PeerLink link in world.Links) link.SentBytes.Clear();
        for (int i = 0; i < Mined; i++)
        {
            Transaction[] payments = [.. Enumerable.Range(0, PaymentsABlock).Select(_ => world.Chain.Pay(World.Alice, World.Bob, 1))];
            foreach (Transaction payment in payments) world.Nodes[i].Submit(payment);
            world.RunUntil(() => world.Nodes.All(node => payments.All(payment => node.Chain.IsPooled(world.Chain.IdOf(payment)))), s_limit, "all pools have all");
            HashedBlock block = world.Nodes[i].Mine(payments);
            size += block.Encoded.Length;
            world.RunUntil(() => world.Nodes.All(node => node.Tip == block.Id), s_limit, "one tip");
            world.Run(TimeSpan.FromSeconds(1));
        }

        long Bytes(params MessageKind[] kinds) => world.Links.Sum(link => kinds.Sum(link.SentBytes.GetValueOrDefault));
        long blocks = Bytes(MessageKind.Block, MessageKind.Announce, MessageKind.GetBlocks, MessageKind.Compact, MessageKind.GetCompact, MessageKind.GetParts, MessageKind.Parts);
        long transactions = Bytes(MessageKind.Have, MessageKind.GetTransactions, MessageKind.Transactions);
        double per = Count * Mined * PaymentsABlock;
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"seed {seed}, {Count} nodes in a mesh, {Mined} blocks of {PaymentsABlock}: {size / (double)Mined / PaymentsABlock:F0} bytes a transfer in a block; a transfer and node took {blocks / per:F1} bytes for blocks, {transactions / per:F1} for transactions; {Bytes(MessageKind.Block)} bytes in bodies, {Bytes(MessageKind.Compact)} compactly, {Bytes(MessageKind.Parts)} in parts"));
        Assert.That(Bytes(MessageKind.Block), Is.Zero);
        Assert.That(Bytes(MessageKind.Compact), Is.Positive);
        Assert.That(world.Nodes.Sum(node => node.Peers.Status.BlocksReceived), Is.EqualTo((Count - 1) * Mined));
    }

    [Test]
    public void Block_OfTransactionsThatOthersLack_ComesInParts()
    {
        PeerWorld world = New(1);
        PeerNode[] nodes = [world.Add(), world.Add()];
        PeerLink link = world.Connect(nodes[0], nodes[1]);
        world.Run(TimeSpan.FromSeconds(1));
        Transaction[] known = [.. Enumerable.Range(0, 20).Select(_ => world.Chain.Pay(World.Alice, World.Bob, 1))], unknown = [.. Enumerable.Range(0, 3).Select(_ => world.Chain.Pay(World.Bob, World.Alice, 1))];
        foreach (Transaction payment in known) nodes[0].Submit(payment);
        world.Run(TimeSpan.FromSeconds(1));
        HashedBlock block = nodes[0].Mine([.. known[..7], unknown[0], .. known[7..], .. unknown[1..]]);
        world.RunUntil(() => nodes[1].Tip == block.Id, TimeSpan.FromSeconds(1), "one tip");
        Assert.That((link.Sent[MessageKind.Compact], link.Sent[MessageKind.GetParts], link.Sent[MessageKind.Parts], link.Sent.GetValueOrDefault(MessageKind.Block)), Is.EqualTo((1, 1, 1, 0)));
        Assert.That(link.SentBytes[MessageKind.Parts], Is.LessThan(block.Encoded.Length / 4));
    }

    [TestCase("parts", null)]
    [TestCase("no parts", false)]
    [TestCase("silence", false)]
    [TestCase("two of one short id", false)]
    [TestCase("another's short id", false)]
    [TestCase("other parts", true)]
    [TestCase("too many parts", true)]
    [TestCase("a place behind the end", true)]
    [TestCase("no work", true)]
    public void Compact_ThatDoesNotWorkOut_IsFetchedWhole_AndOnlyWhatIsProvenIsBlamed(string fault, bool? isProven)
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        Transaction pooled = world.Chain.Pay(World.Alice, World.Bob, 1), beside = world.Chain.Pay(World.Alice, World.Bob, 2), lacked = world.Chain.Pay(World.Alice, World.Bob, 3);
        node.Submit(pooled);
        node.Submit(beside);
        HashedBlock block = world.Forge.Next(world.Forge.Genesis, [pooled, lacked], change: fault == "no work" ? header => header with { Target = default(Crypto.Hash256) } : null, seal: fault == "no work" ? world.Forge.Hash : null);
        ScriptedPeer peer = world.Script(node, 200), other = world.Script(node, 201);
        var parts = new Dictionary<string, ReadOnlyMemory<byte>[]>
        {
            ["parts"] = [Encoded(lacked)], ["no parts"] = [], ["other parts"] = [Encoded(beside)], ["too many parts"] = [Encoded(lacked), Encoded(beside)],
        };
        peer.Answers = message => message switch
        {
            GetParts when parts.TryGetValue(fault, out ReadOnlyMemory<byte>[]? given) => [new Parts(block.Id.Value, [.. given])],
            GetBlocks => [new P2P.Wire.Messages.Block(block.Encoded)],
            _ => [],
        };
        world.Run(TimeSpan.FromSeconds(2));

        const ulong Salt = 77;
        var ids = new ShortIds(block.Id, Salt);
        // In place of the one that is lacked another's that is in the pool: its root is not the block's then.
        Transaction second = fault == "another's short id" ? beside : fault == "two of one short id" ? pooled : lacked;
        byte[] packed = new byte[12];
        ShortIds.Write(packed, ids.Of(world.Chain.Hash(pooled).Leaf));
        ShortIds.Write(packed.AsSpan(6), ids.Of(world.Chain.Hash(second).Leaf));
        uint place = fault == "a place behind the end" ? 3U : 0;
        peer.Say(new Compact(Blocks.HeadOf(block), Salt, [new PlacedTransaction(place, Encoded(block.Block.Transactions[0]))], packed));
        world.Run(TimeSpan.FromSeconds(5));

        Assert.That(peer.Ended is not null, Is.EqualTo(isProven == true), peer.Ended);
        Assert.That(node.Tip == block.Id, Is.EqualTo(isProven != true));
        Assert.That(peer.Heard.OfType<GetBlocks>().Count(), Is.EqualTo(isProven == false ? 1 : 0));
        Assert.That(other.Heard.OfType<Compact>().Count(), Is.EqualTo(node.Tip == block.Id ? 1 : 0), "it is passed on so");

        ReadOnlyMemory<byte> Encoded(Transaction transaction) => world.Chain.Hash(transaction).Detach(StandardFormat.Instance).Encoded;
    }

    [Test]
    public void Compact_ThatWasAskedFor_AndDoesNotCome_IsFetchedWhole()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        node.Submit(world.Chain.Pay(World.Alice, World.Bob, 1));
        HashedBlock block = world.Forge.Next(world.Forge.Genesis);
        ScriptedPeer peer = world.Script(node, 200);
        peer.Answers = message => message is GetBlocks ? [new P2P.Wire.Messages.Block(block.Encoded)] : [];
        world.Run(TimeSpan.FromSeconds(1));
        peer.Say(new Announce([Blocks.HeadOf(block)]));
        world.RunUntil(() => node.Tip == block.Id, TimeSpan.FromSeconds(2), "it came");
        Assert.That(peer.Heard.OfType<GetCompact>().Count(), Is.EqualTo(1));
        Assert.That(peer.Ended, Is.Null);
    }

    [Test]
    public void Wallet_IsPushedNothing()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        ScriptedPeer wallet = world.Script(node, 200), full = world.Script(node, 201);
        wallet.ChangesHello = hello => hello with { Roles = NodeRoles.Wallet };
        world.Run(TimeSpan.FromSeconds(1));
        node.Mine();
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That((wallet.Heard.OfType<Announce>().Count(), wallet.Heard.OfType<Compact>().Count()), Is.EqualTo((1, 0)));
        Assert.That((full.Heard.OfType<Announce>().Count(), full.Heard.OfType<Compact>().Count()), Is.EqualTo((0, 1)));
    }

    private static PeerWorld New(ulong seed) => new(seed, new World(StandardFormat.Instance));
}
