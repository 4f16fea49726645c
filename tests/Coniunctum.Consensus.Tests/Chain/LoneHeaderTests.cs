using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>Under the heaviest subtree a header weighs without its body, once that can no longer pay for withholding it.</summary>
public sealed class LoneHeaderTests
{
    private const int Seed = 20261129;

    private static readonly PeerId s_peer = new(7);

    private readonly List<Ghost> _ghosts = [];

    [Test]
    public void Header_WithoutItsBody_WeighsOnceAnotherIsAHundredHigher()
    {
        World world = CreateWorld();
        var forge = new Forge(world);
        var node = new ChainHarness(world);
        List<HashedBlock> chain = Chain(forge, 101);
        node.DeliverAll(chain[..100]);
        HashedBlock side = Side(forge, forge.Genesis, 1), behind = Side(forge, side, 2);
        Assert.That(Deliver(node, side).Verdict, Is.EqualTo(Verdict.Valid));
        Assert.That(Deliver(node, behind).Verdict, Is.EqualTo(Verdict.Valid), "behind one that waits");
        Assert.That(Weight(forge.Genesis), Is.EqualTo(100));

        node.DeliverAll([chain[100]]);
        Assert.That(Weight(forge.Genesis), Is.EqualTo(102), "the first of the two");
        node.DeliverAll([forge.Next(chain[100], seal: forge.Hash)]);
        Assert.That(Weight(forge.Genesis), Is.EqualTo(104));
        Assert.That(node.Core.Tip.Header.Height, Is.EqualTo(102));
    }

    [Test]
    public void Header_WhoseBodyComes_WeighsOnce([Values] bool isDeep, [Values] bool isValid)
    {
        World world = CreateWorld();
        var forge = new Forge(world);
        var node = new ChainHarness(world);
        List<HashedBlock> chain = Chain(forge, 110);
        node.DeliverAll(chain[..100]);
        HashedBlock side = forge.Next(forge.Genesis, isValid ? [] : [world.Pay(Alice, Carol, 0)], miner: OtherMiner, seal: forge.Hash), behind = Side(forge, side, 2);
        Deliver(node, side);
        Deliver(node, behind);
        if (isDeep) node.DeliverAll(chain[100..]);
        node.Deliver(side);
        node.DeliverAll(isDeep ? [] : chain[100..]);
        Assert.That(Weight(forge.Genesis), Is.EqualTo(112));
        Assert.That(node.LastVerdict(side).Kind, Is.EqualTo(isValid ? VerdictKind.Valid : VerdictKind.Invalid));
        node.Deliver(behind);
        Assert.That(Weight(forge.Genesis), Is.EqualTo(112));
        Assert.That(node.Core.Tip.Id, Is.EqualTo(chain[^1].Id));
    }

    [Test]
    public void Header_ThatIsWrong_IsBlamedOnItsSender_AndOneWithoutAParentIsNot()
    {
        World world = new(ProfileOf(StandardFormat.Instance) with { Consensus = new Mining.ProofOfWork(Mining.ProofOfWork.TargetFor(2)) { ForkChoice = ForkChoiceRule.Ghost } });
        var forge = new Forge(world);
        var node = new ChainHarness(world);
        List<HashedBlock> chain = forge.Chain(forge.Genesis, 3);
        node.DeliverAll(chain);
        HashedBlock easy = forge.Next(forge.Genesis, miner: OtherMiner, change: header => header with { Target = Owner(0xff).Value });
        HashedBlock high = forge.Next(forge.Genesis, miner: OtherMiner, change: header => header with { Height = 2 });
        HashedBlock good = forge.Next(forge.Genesis, miner: OtherMiner), orphan = forge.Next(forge.Next(good));
        Assert.That(Deliver(node, easy).Blame, Is.EqualTo(Blame.Identity));
        Assert.That(Deliver(node, high).Blame, Is.EqualTo(Blame.Identity));
        NodeEffect.HeaderJudged unknown = Deliver(node, orphan);
        Assert.That((unknown.Verdict.Kind, unknown.Blame), Is.EqualTo((VerdictKind.MissingParent, Blame.None)));
        Assert.That(Deliver(node, good), Is.EqualTo(new NodeEffect.HeaderJudged(good.Id, s_peer, Verdict.Valid, Blame.None)));
    }

    [Test]
    public void Header_UnderAForkChoiceThatLooksAtEndsOnly_IsNotTaken()
    {
        var world = new World(ProfileOf(StandardFormat.Instance) with { Consensus = new StubSpec { ForkChoice = () => new HeaviestChain() } }) { BlockWeight = Work.From(1) };
        var forge = new Forge(world);
        NodeEffect.HeaderJudged judged = Deliver(new ChainHarness(world), forge.Next(forge.Genesis, seal: forge.Hash));
        Assert.That((judged.Verdict.Kind, judged.Blame), Is.EqualTo((VerdictKind.Refused, Blame.None)));
    }

    [Test]
    public void RandomTrees_OfWhichANodeHasOnlyHeaders_WeighAsWithTheirBodies()
    {
        int alone = 0, invalid = 0, fetched = 0;
        for (int seed = Seed; seed < Seed + 20; seed++)
        {
            var random = new Random(seed);
            World world = CreateWorld();
            var forge = new Forge(world);
            using MemoryChainStore store = new(), otherStore = new();
            var whole = new ChainHarness(world, store: store);
            Ghost weighed = _ghosts[^1];
            var joining = new ChainHarness(world, store: otherStore);
            Ghost weighedToo = _ghosts[^1];
            List<HashedBlock> blocks = [forge.Genesis];
            for (int i = 0; i < 25; i++)
            {
                HashedBlock parent = blocks[random.Next(Math.Max(0, blocks.Count - 5), blocks.Count)];
                bool isInvalid = random.Next(5) == 0;
                if (isInvalid) invalid++;
                blocks.Add(forge.Next(parent, isInvalid ? [world.Pay(Alice, Carol, 0)] : [], miner: Owner((byte)(1 + i)), seal: forge.Hash));
                whole.Deliver(blocks[^1]);
            }

            var path = forge.ChainTo(whole.Core.Tip).ToList();
            List<HashedBlock> again = [];
            for (ulong i = 0; i < LoneHeaders.Depth; i++) path.Add(forge.Next(path.Count == 0 ? forge.Genesis : path[^1], seal: forge.Hash));
            foreach (HashedBlock block in path) whole.Deliver(block);
            foreach (HashedBlock block in path) joining.Deliver(block);
            foreach (HashedBlock block in blocks.Skip(1).Except(path).OrderBy(block => block.Header.Height))
            {
                if (random.Next(4) == 0)
                {
                    // Behind a header that does not weigh yet it is asked for again later.
                    if (joining.Deliver(block).Kind == VerdictKind.MissingParent) again.Add(block);
                    continue;
                }

                NodeEffect.HeaderJudged judged = Deliver(joining, block);
                Assert.That(judged.Blame, Is.EqualTo(Blame.None));
                if (judged.Verdict.Kind == VerdictKind.MissingParent) again.Add(block);
                alone++;
            }

            HashedBlock last = path[^1];
            for (int i = 0; i < 10; i++) last = forge.Next(last, seal: forge.Hash);
            foreach (HashedBlock block in forge.ChainTo(last).Skip(path.Count))
            {
                whole.Deliver(block);
                joining.Deliver(block);
            }

            foreach (HashedBlock block in again) Deliver(joining, block);
            foreach (NodeEffect.FetchBlock fetch in joining.Of<NodeEffect.FetchBlock>().Where(fetch => fetch.From.IsOwn).ToArray())
            {
                joining.Deliver(blocks.Single(block => block.Id == fetch.Missing));
                fetched++;
            }

            Assert.That(joining.Core.Tip.Id, Is.EqualTo(whole.Core.Tip.Id), Invariant($"seed {seed}"));
            foreach (HashedBlock block in path.Prepend(forge.Genesis)) Assert.That(weighedToo.WeightOf(block.Id), Is.EqualTo(weighed.WeightOf(block.Id)), Invariant($"seed {seed}, height {block.Header.Height}"));
        }

        TestContext.Out.WriteLine(Invariant($"seeds {Seed} to {Seed + 19}: {alone} headers alone, {invalid} invalid blocks, {fetched} bodies fetched"));
        Assert.That(alone, Is.GreaterThan(50));
    }

    private World CreateWorld() => new(ProfileOf(StandardFormat.Instance) with
    {
        Consensus = new StubSpec
        {
            ForkChoice = () =>
            {
                _ghosts.Add(new Ghost());
                return _ghosts[^1];
            },
        },
    })
    { BlockWeight = Work.From(1) };

    private static List<HashedBlock> Chain(Forge forge, int length)
    {
        List<HashedBlock> chain = [];
        for (int i = 0; i < length; i++) chain.Add(forge.Next(i == 0 ? forge.Genesis : chain[^1], seal: forge.Hash));
        return chain;
    }

    private static HashedBlock Side(Forge forge, HashedBlock parent, byte miner) => forge.Next(parent, miner: Owner(miner), seal: forge.Hash);

    private static NodeEffect.HeaderJudged Deliver(ChainHarness node, HashedBlock block)
    {
        node.Send(new NodeInput.HeaderArrived(HeaderView.Of(block), block.Block.Certificate, s_peer));
        return node.Of<NodeEffect.HeaderJudged>().Last();
    }

    /// <summary>The blocks of a subtree, its first left out.</summary>
    private int Weight(HashedBlock block)
    {
        SignedWeight weight = _ghosts[^1].WeightOf(block.Id)!.Value;
        int count = 0;
        for (; weight.IsPositive; count++) weight -= SignedWeight.One + SignedWeight.One;
        return count;
    }
}
