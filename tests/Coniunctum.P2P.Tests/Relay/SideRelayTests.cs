using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Relay;

/// <summary>Under the heaviest subtree, nodes have the same blocks beside the best chain, and so weigh and choose alike.</summary>
public sealed class SideRelayTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly WeighedTrees _trees = new();
    private readonly Dictionary<PeerNode, int> _ledgers = [];

    [Test]
    public void Blocks_ThatLoseARace_ReachEveryNode([Range(1, 5)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        PeerNode[] nodes = [Add(world), Add(world), Add(world), Add(world)];
        for (int i = 1; i < nodes.Length; i++) world.Connect(nodes[i - 1], nodes[i]);
        world.Run(TimeSpan.FromSeconds(2));
        var mined = new List<HashedBlock>();
        for (int i = 0; i < 10; i++)
        {
            foreach (PeerNode node in nodes) mined.Add(node.Mine());
            world.Run(TimeSpan.FromSeconds(3));
        }

        // Or four chains would weigh the same.
        mined.Add(nodes[0].Mine());
        world.Run(TimeSpan.FromSeconds(3));
        AssertAlike(nodes, mined);
        Assert.That(nodes.Select(node => Weight(node, world.Chain.ChainId)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(world.Links.Select(link => link.IsOver), Is.All.False);
        Assert.That(world.Nodes.Sum(node => node.Peers.Status.BlocksReceivedTwice), Is.Zero);
    }

    [Test]
    public void Node_ThatWasAwayOrJoinsLate_WeighsAndChoosesAsTheOthers([Values(0, 20)] int had)
    {
        PeerWorld world = New(1);
        PeerNode old = Add(world), other = Add(world);
        List<HashedBlock> chain = world.Forge.Chain(world.Forge.Genesis, 160), sides = [];
        for (int i = 0; i < 160; i++)
        {
            old.Adopt(chain[i]);
            if (i < had) other.Adopt(chain[i]);
            if (i % 5 != 0) continue;
            // Beside a chain of two, of which the second hangs off the first.
            sides.Add(world.Forge.Next(chain[i], miner: World.Owner(1)));
            sides.Add(world.Forge.Next(sides[^1], miner: World.Owner(2)));
            old.Adopt(sides[^2]);
            old.Adopt(sides[^1]);
        }

        // Three in a row, against two of which the first has three more beside the second: these weigh more.
        HashedBlock[] lone = [.. world.Forge.Chain(chain[^1], 3, World.Owner(3))], heavy = [.. world.Forge.Chain(chain[^1], 2, World.Owner(4))];
        HashedBlock[] beside = [.. Enumerable.Range(10, 3).Select(i => world.Forge.Next(heavy[0], miner: World.Owner((byte)i)))];
        foreach (HashedBlock block in (HashedBlock[])[.. heavy, .. beside, .. lone]) old.Adopt(block);
        world.Run(TimeSpan.FromSeconds(10));
        Assert.That(old.Tip, Is.EqualTo(heavy[1].Id));
        foreach (HashedBlock block in had == 0 ? [] : (HashedBlock[])[.. chain[had..], .. lone]) other.Adopt(block);
        world.Run(TimeSpan.FromSeconds(10));

        world.Connect(other, old);
        world.Run(TimeSpan.FromSeconds(60));
        AssertAlike([old, other], [.. chain, .. heavy, .. lone]);
        Assert.That(world.Links.Single().Sent[MessageKind.Block], Is.LessThan(160 + (2 * 20) + 10), "the deep ones weigh by their headers");
    }

    [Test]
    public void Header_BesideTheChain_WithoutWork_EndsTheConnection([Values] bool isOutOfOrder)
    {
        PeerWorld world = New(1);
        PeerNode node = Add(world);
        List<HashedBlock> chain = world.Forge.Chain(world.Forge.Genesis, 5);
        foreach (HashedBlock block in chain) node.Adopt(block);
        world.Run(TimeSpan.FromSeconds(1));
        HashedBlock good = world.Forge.Next(chain[2], miner: World.Bob), low = world.Forge.Next(chain[1], miner: World.Bob);
        HashedBlock easy = world.Forge.Next(chain[2], miner: World.Bob, change: header => header with { Target = World.Owner(0xff).Value });
        ScriptedPeer liar = world.Script(node, 200);
        liar.Height = 5;
        liar.Answers = message => message is GetSides ? [new Sides([Blocks.HeadOf(good), Blocks.HeadOf(isOutOfOrder ? low : easy)])] : [];
        world.RunUntil(() => liar.Ended is not null, s_limit, "it is out");
        Assert.That(liar.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.ProtocolFault));
    }

    [Test]
    public void Block_ThatIsInvalidWhenItIsExecuted_IsNoFaultOfWhoeverPassedItOn()
    {
        PeerWorld world = New(1);
        PeerNode node = Add(world);
        HashedBlock bad = world.Forge.Next(world.Forge.Genesis, change: header => header with { StateRoot = World.Owner(1).Value });
        ScriptedPeer peer = world.Script(node, 200);
        peer.Answers = message => message is GetBlocks ? [new P2P.Wire.Messages.Block(bad.Encoded)] : message is GetSides ? [new Sides([])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        peer.Say(new Announce([Blocks.HeadOf(bad)]));
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That(node.Log.OfType<Consensus.NodeEffect.BlockSettled>().Single().Verdict.Rule, Is.EqualTo(BlockRule.StateRootMismatch));
        Assert.That(peer.Ended, Is.Null);
    }

    [Test]
    public void Sides_WithoutNumber_AreServedInWholeHeights()
    {
        PeerWorld world = New(1);
        PeerNode node = Add(world);
        List<HashedBlock> chain = world.Forge.Chain(world.Forge.Genesis, 30);
        foreach (HashedBlock block in chain) node.Adopt(block);
        for (int i = 0; i < 28; i++)
            for (byte miner = 0; miner < 50; miner++) node.Adopt(world.Forge.Next(chain[i], miner: World.Owner(miner)));
        world.Run(TimeSpan.FromSeconds(5));
        ScriptedPeer asking = world.Script(node, 200);
        world.Run(TimeSpan.FromSeconds(1));
        var heights = new List<ulong>();
        for (ulong from = 0; ; from = heights[^1] + 1)
        {
            asking.Say(new GetSides(from));
            world.Run(TimeSpan.FromSeconds(1));
            EncodedHead[] heads = [.. asking.Heard.OfType<Sides>().Last().Heads];
            Assert.That(heads, Has.Length.LessThanOrEqualTo(1_000));
            if (heads.Length == 0) break;
            heights.AddRange(heads.Select(head => Blocks.HeightOf(head)));
        }

        Assert.That(heights, Is.Ordered);
        Assert.That(heights.GroupBy(height => height).Select(group => group.Count()), Is.EqualTo(Enumerable.Repeat(50, 28)));
    }

    private PeerWorld New(ulong seed) => new(seed, new World(World.ProfileOf(StandardFormat.Instance) with
    {
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)) { ForkChoice = _trees.Rule },
    }));

    private PeerNode Add(PeerWorld world)
    {
        PeerNode node = world.Add(options => options with { CountsSides = true });
        _ledgers.Add(node, _trees.Last);
        return node;
    }

    private object? Weight(PeerNode node, BlockId block) => _trees.WeightOf(_ledgers[node], block);

    private void AssertAlike(PeerNode[] nodes, List<HashedBlock> blocks)
    {
        Assert.That(nodes.Select(node => node.Tip).Distinct().Count(), Is.EqualTo(1), string.Join('\n', nodes.Select(node => node.ToString())));
        foreach (HashedBlock block in blocks)
            Assert.That(nodes.Select(node => Weight(node, block.Id)).Distinct().Count(), Is.EqualTo(1), FormattableString.Invariant($"height {block.Header.Height}"));
    }
}
