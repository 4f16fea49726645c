using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Relay;

/// <summary>New blocks and transactions reach everyone, once, and whoever sends what is proven wrong is out.</summary>
public sealed class RelayTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    [Test]
    public void Block_MadeAtOneEnd_ReachesTheOther([Range(1, 5)] int seed)
    {
        PeerWorld world = Line((ulong)seed, 6);
        HashedBlock block = world.Nodes[0].Mine();
        TimeSpan took = world.RunUntil(() => world.Nodes.All(node => node.Tip == block.Id), s_limit, "one tip");
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(3)));
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That(world.Links.Select(link => link.Sent.GetValueOrDefault(MessageKind.Block) + link.Sent.GetValueOrDefault(MessageKind.Compact)), Is.All.EqualTo(1));
        Assert.That(world.Links.Sum(link => link.Sent.GetValueOrDefault(MessageKind.GetHeaders)), Is.Zero, "no one needs to synchronise");
    }

    [Test]
    public void Blocks_InAMesh_AreFetchedOnce([Range(1, 5)] int seed)
    {
        PeerWorld world = Mesh((ulong)seed, 6);
        for (int i = 0; i < 20; i++)
        {
            HashedBlock block = world.Nodes[i % 6].Mine();
            world.RunUntil(() => world.Nodes.All(node => node.Tip == block.Id), s_limit, "one tip");
        }

        Assert.That(world.Nodes.Sum(node => node.Peers.Status.BlocksReceived), Is.EqualTo(100));
        Assert.That(world.Nodes.Sum(node => node.Peers.Status.BlocksReceivedTwice), Is.Zero);
    }

    [Test]
    public void Transaction_SubmittedAtOneEnd_ReachesEveryPool_Once([Range(1, 5)] int seed)
    {
        PeerWorld world = Mesh((ulong)seed, 5);
        Transaction[] payments = [.. Enumerable.Range(0, 20).Select(_ => world.Chain.Pay(World.Alice, World.Bob, 1))];
        foreach (Transaction payment in payments) world.Nodes[0].Submit(payment);
        world.RunUntil(() => world.Nodes.All(node => payments.All(payment => node.Chain.IsPooled(world.Chain.IdOf(payment)))), s_limit, "all pools have all");
        world.Run(TimeSpan.FromSeconds(30));
        Assert.That(world.Nodes.Skip(1).Select(node => node.Log.OfType<NodeEffect.TransactionJudged>().Count()), Is.All.EqualTo(20));
    }

    [Test]
    public void Transaction_OfAPoolOfBefore_ReachesWhoeverJoins()
    {
        PeerWorld world = Line(1, 1);
        Transaction payment = world.Chain.Pay(World.Alice, World.Bob, 1);
        world.Nodes[0].Submit(payment);
        world.Run(TimeSpan.FromSeconds(1));
        PeerNode joining = world.Add();
        world.Connect(joining, world.Nodes[0]);
        world.RunUntil(() => joining.Chain.IsPooled(world.Chain.IdOf(payment)), s_limit, "it is there");
    }

    [Test]
    public void Candidate_OfWhoMakesBlocks_TellsOfWhatTheNewsHadNoRoomFor([Values] bool hasProducer)
    {
        Address[] payers = [.. Enumerable.Range(1, 7).Select(index => World.Owner((byte)index))];
        ChainProfile profile = World.ProfileOf(StandardFormat.Instance);
        var world = new PeerWorld(1, new World(profile with { Genesis = profile.Genesis with { Allocations = [.. payers.Select(payer => new GenesisSpec.Allocation(payer, 1_000_000))] } }));
        PeerNode maker = world.Add(producer: hasProducer ? new AskingProducer() : null);
        for (int i = 0; i < 5_100; i++)
        {
            maker.Submit(world.Chain.Pay(payers[i % 6], World.Bob, 1, fee: 1));
            if (i % 500 == 0) world.Run(TimeSpan.FromMilliseconds(10));
        }

        Transaction[] best = [.. Enumerable.Range(0, 50).Select(_ => world.Chain.Pay(payers[6], World.Bob, 1, fee: 500))];
        foreach (Transaction payment in best) maker.Submit(payment);
        world.RunUntil(() => maker.Chain.PoolCount == 5_150, s_limit, "the pool");

        PeerNode joining = world.Add();
        PeerLink link = world.Connect(maker, joining);
        world.RunUntil(() => joining.Chain.PoolCount == 5_000, s_limit, "the news");
        Assert.That(best.Any(payment => joining.Chain.IsPooled(world.Chain.IdOf(payment))), Is.False, "they joined last");
        for (int i = 0; i < 2; i++)
        {
            HashedBlock block = maker.Mine();
            world.RunUntil(() => joining.Tip == block.Id, s_limit, "one tip");
            world.Run(TimeSpan.FromSeconds(10));
        }

        Assert.That(best.Select(payment => joining.Chain.IsPooled(world.Chain.IdOf(payment))), Is.All.EqualTo(hasProducer));
        Assert.That(link.Sent.GetValueOrDefault(MessageKind.Candidate), Is.EqualTo(hasProducer ? 1 : 0), "the second candidate has nothing new");
    }

    [Test]
    public void Transaction_ThatWasConfirmed_IsOfferedToNoOne([Values] bool hasTime)
    {
        var world = new PeerWorld(1, new World(hasTime ? StandardFormat.Instance : Int32CoinFormat.Instance));
        PeerNode[] nodes = [world.Add(), world.Add()];
        world.Connect(nodes[0], nodes[1]);
        Transaction payment = world.Chain.Pay(World.Alice, World.Bob, 1);
        nodes[0].Submit(payment);
        world.RunUntil(() => nodes[1].Chain.IsPooled(world.Chain.IdOf(payment)), s_limit, "it is in both pools");
        HashedBlock block = nodes[1].Mine([payment]);
        world.RunUntil(() => nodes.All(node => node.Tip == block.Id), s_limit, "one tip");
        world.Run(TimeSpan.FromSeconds(1));

        PeerNode joining = world.Add();
        PeerLink[] links = [world.Connect(joining, nodes[0]), world.Connect(joining, nodes[1])];
        world.RunUntil(() => joining.Tip == block.Id, s_limit, "the chain");
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That(links.Sum(link => link.Sent.GetValueOrDefault(MessageKind.Have)), Is.Zero);
    }

    [Test]
    public void Transaction_WhoseHolderDoesNotAnswer_IsAskedOfTheNext()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        Transaction payment = world.Chain.Pay(World.Alice, World.Bob, 1);
        HashedTransaction hashed = world.Chain.Hash(payment);
        ScriptedPeer silent = world.Script(node, 200, isDialled: true), giving = world.Script(node, 201);
        giving.Answers = message => message is GetTransactions ? [new Transactions([hashed.Encoded])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        silent.Say(new Have([hashed.Leaf]));
        world.Run(TimeSpan.FromSeconds(1));
        giving.Say(new Have([hashed.Leaf]));
        world.RunUntil(() => node.Chain.IsPooled(hashed.Id), TimeSpan.FromSeconds(25), "it came");
        Assert.That(silent.Heard.OfType<GetTransactions>().Count(), Is.EqualTo(1));
        Assert.That(silent.Ended, Is.Null, "to be slow is no fault");
    }

    [Test]
    public void Transaction_OfABadSignature_EndsItsSendersConnection()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        HashedTransaction bad = world.Chain.Hash(World.Missign(world.Chain.Pay(World.Alice, World.Bob, 1)));
        ScriptedPeer liar = world.Script(node, 200);
        liar.Answers = message => message is GetTransactions ? [new Transactions([bad.Encoded])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        liar.Say(new Have([bad.Leaf]));
        world.RunUntil(() => liar.Ended is not null, s_limit, "it is out");
        Assert.That(liar.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.ProtocolFault));
    }

    [Test]
    public void Transaction_ThatCannotBeAfforded_IsNoFault()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        HashedTransaction poor = world.Chain.Hash(world.Chain.Pay(World.Carol, World.Bob, 1));
        ScriptedPeer peer = world.Script(node, 200);
        peer.Answers = message => message is GetTransactions ? [new Transactions([poor.Encoded])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        peer.Say(new Have([poor.Leaf]));
        world.Run(TimeSpan.FromSeconds(10));
        Assert.That(peer.Ended, Is.Null);
    }

    [Test]
    public void Block_WhoseBodyIsInvalid_EndsItsSendersConnection_AndNotThatOfOthers()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        HashedBlock bad = world.Forge.Next(world.Forge.Genesis, change: header => header with { StateRoot = World.Owner(1).Value });
        ScriptedPeer liar = world.Script(node, 200), bystander = world.Script(node, 201);
        liar.Answers = message => message is GetBlocks ? [new P2P.Wire.Messages.Block(bad.Encoded)] : [];
        world.Run(TimeSpan.FromSeconds(1));
        liar.Say(new Announce([Blocks.HeadOf(bad)]));
        world.RunUntil(() => liar.Ended is not null, s_limit, "it is out");
        Assert.That(liar.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.ProtocolFault));
        Assert.That(bystander.Ended, Is.Null);
    }

    [Test]
    public void Block_OfAnotherIdThanWasAskedFor_EndsTheConnection()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        HashedBlock asked = world.Forge.Next(world.Forge.Genesis), other = world.Forge.Next(world.Forge.Genesis, miner: World.Bob);
        ScriptedPeer liar = world.Script(node, 200);
        liar.Answers = message => message is GetBlocks ? [new P2P.Wire.Messages.Block(other.Encoded)] : [];
        world.Run(TimeSpan.FromSeconds(1));
        liar.Say(new Announce([Blocks.HeadOf(asked)]));
        world.RunUntil(() => liar.Ended is not null, s_limit, "it is out");
    }

    [Test]
    public void Submit_IsAnsweredWithWhatBecameOfIt_InOrder()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        HashedTransaction good = world.Chain.Hash(world.Chain.Pay(World.Alice, World.Bob, 1)), poor = world.Chain.Hash(world.Chain.Pay(World.Carol, World.Bob, 1));
        ScriptedPeer wallet = world.Script(node, 200);
        world.Run(TimeSpan.FromSeconds(1));
        wallet.Say(new Submit(good.Encoded));
        wallet.Say(new Submit(poor.Encoded));
        world.Run(TimeSpan.FromSeconds(2));
        Submitted[] answers = [.. wallet.Heard.OfType<Submitted>()];
        Assert.That(answers.Select(answer => answer.Leaf), Is.EqualTo(new[] { good.Leaf, poor.Leaf }));
        Assert.That(answers.Select(answer => answer.Rule), Is.EqualTo(new[] { (ushort)0, (ushort)BlockRule.BalanceInsufficient }));
        Assert.That(node.Chain.IsPooled(good.Id));
    }

    private static PeerWorld Line(ulong seed, int count)
    {
        PeerWorld world = New(seed);
        for (int i = 0; i < count; i++) world.Add();
        for (int i = 1; i < count; i++) world.Connect(world.Nodes[i - 1], world.Nodes[i]);
        world.Run(TimeSpan.FromSeconds(3));
        return world;
    }

    private static PeerWorld Mesh(ulong seed, int count)
    {
        PeerWorld world = New(seed);
        for (int i = 0; i < count; i++) world.Add();
        for (int i = 0; i < count; i++)
            for (int j = 0; j < i; j++) world.Connect(world.Nodes[i], world.Nodes[j]);
        world.Run(TimeSpan.FromSeconds(3));
        return world;
    }

    private static PeerWorld New(ulong seed) => new(seed, new World(StandardFormat.Instance));
}
