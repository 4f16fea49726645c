using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>
/// Under the heaviest subtree, what a node has not executed yet weighs; so what it has found invalid must weigh as well, or nodes
/// with equal blocks disagree by the order in which those came.
/// </summary>
[Category("Long")]
public sealed class InvalidWeightTests
{
    private const int Seed = 20261128;
    private const int Blocks = 14;
    private const int OrdersATree = 20;

    private static readonly int s_orders = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 10_000 : 1_000;

    private enum Fault
    {
        None,
        State,
        Body,
        ParentInvalid,
    }

    [Test]
    public void RandomOrders_OfValidAndInvalidBlocks_EndAtOneHead()
    {
        int invalid = 0, decisive = 0, different = 0;
        for (int tree = 0; tree < s_orders / OrdersATree; tree++)
        {
            var random = new Random(Seed + tree);
            World world = CreateWorld();
            List<(HashedBlock Block, Fault Fault)> blocks = CreateTree(world, random);
            invalid += blocks.Count(made => made.Fault != Fault.None);
            BlockId expected = HeadOf(world, blocks, countsInvalid: true);
            if (HeadOf(world, blocks, countsInvalid: false) != expected) decisive++;
            for (int order = 0; order < OrdersATree; order++)
            {
                BlockId head = Deliver(world, blocks, random);
                if (head != expected) different++;
            }
        }

        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {s_orders} orders of {s_orders / OrdersATree} trees of {Blocks} blocks, {invalid} of them invalid, decisive in {decisive} trees; heads that differ: {different}"));
        Assert.That(different, Is.Zero);
        Assert.That(decisive, Is.Positive, "trees whose head is another one without the invalid blocks");
    }

    [Test]
    public void InvalidBlock_SentAgain_WeighsOnce()
    {
        World world = CreateWorld();
        var forge = new Forge(world);
        var node = new ChainHarness(world);
        HashedBlock left = forge.Next(forge.Genesis), right = forge.Next(forge.Genesis, miner: OtherMiner);
        HashedBlock bad = forge.Next(left, change: header => header with { StateRoot = default });
        HashedBlock[] more = [forge.Next(right), forge.Next(right, miner: OtherMiner)];
        node.DeliverAll([left, right]);
        for (int i = 0; i < 5; i++) node.Deliver(bad);
        node.DeliverAll(more);

        Assert.That(node.LastVerdict(bad).Rule, Is.EqualTo(BlockRule.StateRootMismatch));
        Assert.That(node.Core.Tip.Header.Previous, Is.EqualTo(right.Id), "two valid blocks outweigh one that was sent five times");
    }

    private static World CreateWorld() => new(ProfileOf(StandardFormat.Instance) with
    {
        Consensus = new StubSpec { ForkChoice = () => new AgreedTies(new Ghost()) },
    })
    { BlockWeight = Work.From(1) };

    private static List<(HashedBlock Block, Fault Fault)> CreateTree(World world, Random random)
    {
        var forge = new Forge(world);
        List<(HashedBlock Block, Fault Fault)> made = [(forge.Genesis, Fault.None)];
        for (int i = 0; i < Blocks; i++)
        {
            (HashedBlock parent, Fault behind) = made[random.Next(Math.Max(0, made.Count - 6), made.Count)];
            Fault fault = behind != Fault.None ? Fault.ParentInvalid : random.Next(4) switch { 0 => Fault.State, 1 => Fault.Body, _ => Fault.None };
            HashedBlock block = forge.Next(
                parent,
                // A payment to no one is a body that breaks a rule by itself, under a root that is its own.
                fault == Fault.Body ? [world.Pay(Alice, Carol, 0)] : [],
                miner: Owner((byte)(1 + i)),
                change: fault == Fault.State ? header => header with { StateRoot = Owner(0xee).Value } : null,
                seal: forge.Hash);
            made.Add((block, fault));
        }

        made.RemoveAt(0);
        return made;
    }

    /// <summary>Delivers in a random order, each again whose parent was missing, as those do who are asked for the parent.</summary>
    private static BlockId Deliver(World world, List<(HashedBlock Block, Fault Fault)> blocks, Random random)
    {
        var node = new ChainHarness(world);
        List<HashedBlock> left = [.. blocks.Select(made => made.Block)];
        while (left.Count > 0)
        {
            HashedBlock block = left[random.Next(left.Count)];
            node.StepOnce(new NodeInput.BlockArrived(block));
            if (node.Of<NodeEffect.BlockJudged>().Last().Verdict.Kind != VerdictKind.MissingParent) left.Remove(block);
            for (int answers = random.Next(4); answers > 0; answers--) node.AnswerOne();
        }

        node.Settle();
        return node.Core.Tip.Id;
    }

    /// <summary>The rule as it reads: at every fork to the heaviest subtree among the valid children, the smallest identity among equals.</summary>
    private static BlockId HeadOf(World world, List<(HashedBlock Block, Fault Fault)> blocks, bool countsInvalid)
    {
        BlockId head = world.ChainId;
        while (true)
        {
            BlockId parent = head;
            HashedBlock? best = blocks.Where(made => made.Fault == Fault.None && made.Block.Header.Previous == parent).Select(made => made.Block)
                .OrderByDescending(block => WeightOf(block.Id)).ThenBy(block => block.Id.Value.ToString(), StringComparer.Ordinal).FirstOrDefault();
            if (best is null) return head;
            head = best.Id;
        }

        int WeightOf(BlockId id) => blocks.Where(made => made.Block.Header.Previous == id && (countsInvalid || made.Fault == Fault.None))
            .Sum(made => WeightOf(made.Block.Id)) + 1;
    }
}
