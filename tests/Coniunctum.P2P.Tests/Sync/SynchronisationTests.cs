using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Sync;

/// <summary>A node catches up with others, machine against machine, whatever some of them do.</summary>
public sealed class SynchronisationTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Test]
    public void Join_ChainOfAnyLength_EndsAtItsTip([Values(0, 1, 11, 300, 2_100)] int length)
    {
        PeerWorld world = New(1);
        PeerNode old = world.Add();
        foreach (HashedBlock block in world.Forge.Chain(world.Forge.Genesis, length)) old.Adopt(block);
        world.RunUntil(() => old.Height == (ulong)length, s_limit, "the old node has its chain");
        PeerNode joining = world.Add();
        PeerLink link = world.Connect(joining, old);

        world.RunUntil(() => joining.Tip == old.Tip && joining.Peers.Status.Peers.Any(peer => peer.IsOpen), s_limit, "one tip");
        world.Run(TimeSpan.FromSeconds(30));
        Assert.That(link.IsOver, Is.False);
        Assert.That(joining.Peers.Status.BlocksReceived, Is.EqualTo(length));
        Assert.That(joining.Peers.Status.IsSynchronising, Is.False);
    }

    [Test]
    [Category("Long")]
    public void Join_FiveThousandBlocks_EndsAtItsTip() => Join_ChainOfAnyLength_EndsAtItsTip(5_000);

    [Test]
    public void Join_WithManyPeers_FetchesHardlyABodyTwice([Range(1, 5)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        List<HashedBlock> chain = world.Forge.Chain(world.Forge.Genesis, 600);
        for (int i = 0; i < 8; i++) world.Add();
        foreach (PeerNode node in world.Nodes)
            foreach (HashedBlock block in chain) node.Adopt(block);
        world.Run(TimeSpan.FromSeconds(10));
        PeerNode joining = world.Add();
        foreach (PeerNode node in world.Nodes.SkipLast(1)) world.Connect(joining, node);

        world.RunUntil(() => joining.Tip == chain[^1].Id, s_limit, "one tip");
        Assert.That(joining.Peers.Status.BlocksReceivedTwice * 20, Is.LessThanOrEqualTo(joining.Peers.Status.BlocksReceived));
        Assert.That(world.Links.Count(link => link.Sent.GetValueOrDefault(MessageKind.Block) > 0), Is.GreaterThan(1), "bodies come from several at once");
        Assert.That(world.Links.Count(link => link.Sent.GetValueOrDefault(MessageKind.Headers) > 1), Is.LessThanOrEqualTo(1), "headers of one after another");
    }

    [Test]
    public void Fork_AtRest_HealsWithoutANewConnection([Range(1, 10)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        PeerNode[] nodes = [world.Add(), world.Add(), world.Add(), world.Add()];
        world.Connect(nodes[0], nodes[1]);
        world.Connect(nodes[2], nodes[3]);
        PeerLink bridge = world.Connect(nodes[1], nodes[2]);
        nodes[0].Mine();
        world.RunUntil(() => nodes.All(node => node.Height == 1), s_limit, "all have the first block");

        bridge.HoldUp();
        // So that neither side takes the other for dead before the other half is longer.
        for (int i = 0; i < 50; i++)
        {
            nodes[0].Mine();
            if (i < 48) nodes[3].Mine();
            world.Run(TimeSpan.FromSeconds(1));
        }

        Assert.That(nodes[1].Tip, Is.EqualTo(nodes[0].Tip).And.Not.EqualTo(nodes[2].Tip));
        bridge.GoOn();
        world.RunUntil(() => nodes.All(node => node.Tip == nodes[0].Tip), TimeSpan.FromSeconds(20), "one tip");
        Assert.That(bridge.IsOver, Is.False);
        Assert.That(world.Links, Has.Count.EqualTo(3));
    }

    [Test]
    public void Fork_WhoseAnnouncementsWereLost_HealsWithTheNextBlock([Range(1, 3)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        PeerNode one = world.Add(), two = world.Add();
        PeerLink bridge = world.Connect(one, two);
        world.Run(TimeSpan.FromSeconds(2));
        bridge.Lets = message => message is not (Announce or Compact);
        for (int i = 0; i < 50; i++)
        {
            one.Mine();
            if (i < 40) two.Mine();
            world.Run(TimeSpan.FromSeconds(1));
        }

        Assert.That(one.Height, Is.EqualTo(50));
        Assert.That(two.Height, Is.EqualTo(40));
        bridge.Lets = static _ => true;
        one.Mine();
        world.RunUntil(() => two.Tip == one.Tip, TimeSpan.FromSeconds(20), "one tip");
        Assert.That(bridge.IsOver, Is.False);
    }

    [Test]
    public void Body_ThatComesLate_IsNoFault_AndIsTakenOnce()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        List<HashedBlock> chain = world.Forge.Chain(world.Forge.Genesis, 8);
        ScriptedPeer late = world.Script(node, 200);
        (late.Height, late.Weight) = (8, ulong.MaxValue);
        late.Answers = message =>
        {
            if (message is GetHeaders asked) return [new Headers(asked.Locator[0] == chain[^1].Id.Value ? [] : [.. chain.Select(Blocks.HeadOf)])];
            if (message is not GetBlocks blocks) return [];
            world.After(TimeSpan.FromSeconds(3), () =>
            {
                foreach (HashedBlock block in chain.Where(block => blocks.Ids.Contains(block.Id.Value))) late.Say(new P2P.Wire.Messages.Block(block.Encoded));
            });
            return [];
        };
        world.RunUntil(() => node.Tip == chain[^1].Id, TimeSpan.FromSeconds(30), "its chain");
        Assert.That(late.Ended, Is.Null);
        Assert.That(node.Peers.Status.BlocksReceivedTwice, Is.Zero);
    }

    [Test]
    public void Join_HeavierChainComesSecond_IsFollowedAllTheSame([Range(1, 5)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        PeerNode first = world.Add(), second = world.Add();
        foreach (HashedBlock block in world.Forge.Chain(world.Forge.Genesis, 40, World.Owner(1))) first.Adopt(block);
        foreach (HashedBlock block in world.Forge.Chain(world.Forge.Genesis, 60, World.Owner(2))) second.Adopt(block);
        world.Run(TimeSpan.FromSeconds(5));
        PeerNode joining = world.Add();
        world.Connect(joining, first);
        world.RunUntil(() => joining.Tip == first.Tip, s_limit, "the first chain");
        world.Connect(joining, second);
        world.RunUntil(() => joining.Tip == second.Tip && first.Tip == second.Tip, s_limit, "the heavier chain, which is passed on too");
    }

    [Test]
    public void Join_WhereAPeerClaimsMuchAndHasNothing_FollowsTheHonestOne()
    {
        PeerWorld world = New(1);
        (PeerNode honest, PeerNode joining) = HonestAndJoining(world, 50);
        ScriptedPeer liar = world.Script(joining, 200);
        (liar.Height, liar.Weight) = (1_000_000, ulong.MaxValue);
        liar.Answers = message => message is GetHeaders ? [new Headers([])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        world.Connect(joining, honest);
        TimeSpan took = world.RunUntil(() => joining.Tip == honest.Tip, s_limit, "the honest chain");
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void Join_WhereAPeerNeverAnswers_FollowsTheHonestOne()
    {
        PeerWorld world = New(1);
        (PeerNode honest, PeerNode joining) = HonestAndJoining(world, 50);
        ScriptedPeer staller = world.Script(joining, 200);
        (staller.Height, staller.Weight) = (1_000_000, ulong.MaxValue);
        world.Run(TimeSpan.FromSeconds(1));
        world.Connect(joining, honest);
        TimeSpan took = world.RunUntil(() => joining.Tip == honest.Tip, s_limit, "the honest chain");
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(15)));
        Assert.That(staller.Heard.OfType<GetHeaders>(), Is.Not.Empty, "it was its turn first");
    }

    [Test]
    public void Join_WhereAPeerWithholdsBodies_FollowsTheHonestOne()
    {
        PeerWorld world = New(1);
        (PeerNode honest, PeerNode joining) = HonestAndJoining(world, 50);
        List<HashedBlock> hidden = world.Forge.Chain(world.Forge.Genesis, 80, World.Owner(7));
        ScriptedPeer withholder = world.Script(joining, 200);
        (withholder.Height, withholder.Weight) = (80, ulong.MaxValue);
        withholder.Answers = message => message is GetHeaders asked
            ? [new Headers(asked.Locator[0] == hidden[^1].Id.Value ? [] : [.. hidden.Select(Blocks.HeadOf)])]
            : [];
        world.Run(TimeSpan.FromSeconds(1));
        world.Connect(joining, honest);
        TimeSpan took = world.RunUntil(() => joining.Tip == honest.Tip, s_limit, "the honest chain");
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(40)));
        Assert.That(withholder.Heard.OfType<GetBlocks>(), Is.Not.Empty);
        Assert.That(withholder.Ended, Is.Null, "to be slow is no fault");
    }

    [Test]
    public void Join_WhereOneOfTwoHoldsUpItsBodies_TheOtherGivesThem()
    {
        PeerWorld world = New(1);
        (PeerNode honest, PeerNode joining) = HonestAndJoining(world, 200);
        PeerNode other = world.Add();
        foreach (HashedBlock block in world.Forge.ChainTo(honest.Chain.Tip)) other.Adopt(block);
        world.Run(TimeSpan.FromSeconds(5));
        // Its answers are lost, though it is asked like the other one.
        world.Connect(joining, other).Lets = message => message is not P2P.Wire.Messages.Block;
        world.Connect(joining, honest);
        world.RunUntil(() => joining.Tip == honest.Tip, TimeSpan.FromSeconds(30), "the honest chain");
        Assert.That(joining.Peers.Status.BlocksReceivedTwice, Is.Zero);
    }

    [Test]
    public void Join_WhereOneGivesOtherBodiesThanAreAskedFor_HasThemOfTheOthers()
    {
        PeerWorld world = New(1);
        (PeerNode honest, PeerNode joining) = HonestAndJoining(world, 50);
        HashedBlock[] chain = [.. world.Forge.ChainTo(honest.Chain.Tip)];
        ScriptedPeer liar = world.Script(joining, 200, isDialled: true);
        (liar.Height, liar.Weight) = (50, 1);
        liar.Answers = message => message is GetBlocks asked
            ? [.. asked.Ids.Select(id => new P2P.Wire.Messages.Block(Altered(world, chain.Single(block => block.Id.Value == id)).Encoded))]
            : message is GetHeaders ? [new Headers([])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        PeerLink link = world.Connect(joining, honest);
        world.RunUntil(() => joining.Tip == honest.Tip, TimeSpan.FromSeconds(30), "the honest chain");
        Assert.That(liar.Ended, Is.Not.Null);
        Assert.That(link.IsOver, Is.False);
    }

    /// <summary>A node that cannot undo what it would have to asks no one for those blocks again and again.</summary>
    [Test]
    public void Branch_ThatThisNodeCannotTake_IsNotFetchedAgain()
    {
        var chain = new World(StandardFormat.Instance);
        PeerWorld world = new(1, chain);
        PeerNode node = world.Add(changesChain: options => options with { MaxReorganization = 3 }), other = world.Add(), third = world.Add();
        for (int i = 0; i < 5; i++) node.Mine();
        for (int i = 0; i < 8; i++) third.Adopt(other.Mine());
        world.Connect(node, other);
        world.Connect(node, third);
        world.RunUntil(() => node.Peers.Status.LastFailure is not null, TimeSpan.FromMinutes(1), "it gives up");
        Assert.That(node.Peers.Status.LastFailure, Does.Contain("does not take its branch"));
        world.Run(TimeSpan.FromHours(1));
        Assert.That(node.Height, Is.EqualTo(5));
        Assert.That(node.Peers.Status.BlocksReceived, Is.EqualTo(8));
        Assert.That(node.Peers.Status.Synchronisations, Is.LessThan(30));
        Assert.That(node.Peers.Status.Peers.Count(peer => peer.IsOpen), Is.EqualTo(2), "no one is at fault");
    }

    [Test]
    public void Headers_ThatDoNotFollowEachOther_EndTheConnection()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        List<HashedBlock> chain = world.Forge.Chain(world.Forge.Genesis, 5);
        ScriptedPeer liar = world.Script(node, 200);
        (liar.Height, liar.Weight) = (5, ulong.MaxValue);
        liar.Answers = message => message is GetHeaders ? [new Headers([Blocks.HeadOf(chain[0]), Blocks.HeadOf(chain[2])])] : [];
        world.RunUntil(() => liar.Ended is not null, s_limit, "it is out");
        Assert.That(liar.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.ProtocolFault));
    }

    [Test]
    public void Headers_WithoutWork_EndTheConnection_BeforeABodyIsAskedFor()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        HashedBlock easy = world.Forge.Next(world.Forge.Genesis, change: header => header with { Target = World.Owner(0xff).Value });
        ScriptedPeer liar = world.Script(node, 200);
        (liar.Height, liar.Weight) = (1, ulong.MaxValue);
        liar.Answers = message => message is GetHeaders ? [new Headers([Blocks.HeadOf(easy)])] : [];
        world.RunUntil(() => liar.Ended is not null, s_limit, "it is out");
        Assert.That(liar.Heard.OfType<GetBlocks>(), Is.Empty);
    }

    [Test]
    public void Synchronisations_OfferedBySeveral_AreDoneOneAtATime([Range(1, 5)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        PeerNode joining = world.Add();
        List<ScriptedPeer> peers = [];
        int open = 0, most = 0;
        for (byte i = 0; i < 5; i++)
        {
            ScriptedPeer peer = world.Script(joining, (byte)(200 + i));
            (peer.Height, peer.Weight) = (100, 1_000UL + i);
            peer.Answers = message =>
            {
                if (message is not GetHeaders) return [];
                most = Math.Max(most, ++open);
                world.After(TimeSpan.FromSeconds(1), () =>
                {
                    open--;
                    peer.Say(new Headers([]));
                });
                return [];
            };
            peers.Add(peer);
        }

        world.Run(TimeSpan.FromSeconds(30));
        Assert.That(most, Is.EqualTo(1));
        Assert.That(peers.Select(peer => peer.Heard.OfType<GetHeaders>().Count()), Is.All.EqualTo(1), "each has its turn");
    }

    private static (PeerNode Honest, PeerNode Joining) HonestAndJoining(PeerWorld world, int length)
    {
        PeerNode honest = world.Add(), joining = world.Add();
        foreach (HashedBlock block in world.Forge.Chain(world.Forge.Genesis, length)) honest.Adopt(block);
        world.RunUntil(() => honest.Height == (ulong)length, s_limit, "the honest node has its chain");
        return (honest, joining);
    }

    /// <summary>The header of a block with a transaction less, or another reward.</summary>
    private static HashedBlock Altered(PeerWorld world, HashedBlock block)
    {
        HashedBlock other = world.Forge.Next(world.Forge.Genesis, miner: World.Owner(9));
        return HashedBlock.Create(new Ledger.Block { Header = block.Header, Transactions = other.Block.Transactions, Seal = default }, StandardFormat.Instance, world.Chain.ChainId);
    }

    private static PeerWorld New(ulong seed) => new(seed, new World(StandardFormat.Instance));
}
