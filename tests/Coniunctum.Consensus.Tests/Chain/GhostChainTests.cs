using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Consensus.Tests.ForkChoice;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>The whole machine under the heaviest observed subtree.</summary>
public sealed class GhostChainTests
{
    private World _world = null!;
    private Forge _forge = null!;

    [SetUp]
    public void CreateChain()
    {
        _world = new World(World.ProfileOf(StandardFormat.Instance) with
        {
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)) { ForkChoice = ForkChoiceRule.Ghost },
        });
        _forge = new Forge(_world);
    }

    [Test]
    public void ChainId_CommitsToTheForkChoice_UnlessItIsTheHeaviest()
    {
        var heaviest = new World(StandardFormat.Instance);
        var named = new World(heaviest.Profile with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)) { ForkChoice = ForkChoiceRule.Heaviest } });
        Assert.That(named.ChainId, Is.EqualTo(heaviest.ChainId));
        Assert.That(_world.ChainId, Is.Not.EqualTo(heaviest.ChainId));
    }

    [Test]
    public void Tip_MovesToTheHeavierSubtree_ThoughItsChainIsLighter()
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> longChain = _forge.Chain(_forge.Genesis, 3);
        node.DeliverAll(longChain);
        HashedBlock honest = Next(_forge.Genesis, 1);
        node.DeliverAll([honest, Next(honest, 1), Next(honest, 2)]);
        Assert.That(node.Core.Tip, Is.SameAs(longChain[2]), "three blocks against three");

        HashedBlock fourth = Next(honest, 3);
        node.DeliverAll([fourth]);
        Assert.That(node.Core.Tip.Header.Height, Is.EqualTo(2));
        Assert.That(node.Core.Tip.Header.Previous, Is.EqualTo(honest.Id));
        Assert.That(node.Of<NodeEffect.TipMoved>().Last().Disconnected.Select(block => block.Id), Is.EqualTo(longChain.Select(block => block.Id).Reverse()));
        Assert.That(node.Core.State.StateRoot, Is.EqualTo(node.Core.Tip.Header.StateRoot));
    }

    [TestCase(20260301, true)]
    [TestCase(20260302, false)]
    public void RandomTrees_EndWhereWeighingFromScratchDoes(int firstSeed, bool isInMemory)
    {
        const int trees = 25;
        int reorganizations = 0;
        int lighter = 0;
        for (int seed = firstSeed; seed < firstSeed + trees; seed++)
        {
            TestContext.Out.WriteLine(Invariant($"seed {seed}"));
            var random = new Random(seed);
            CreateChain();
            // The floor stays close behind the tip where a store is there, and sinks when a branch from below it wins.
            ChainHarness node = isInMemory
                ? new ChainHarness(_world)
                : new ChainHarness(_world, limits: new ChainOptions { KeptBlocks = 4, MaxRecentBytes = 0 }, store: new MemoryChainStore());
            var naive = new NaiveGhost();
            naive.Anchor(new ForkChoiceBlock(_forge.Genesis.Id, default, 0, Work.Zero, Work.Zero));
            List<HashedBlock> blocks = [_forge.Genesis];
            for (int i = 0; i < 80; i++)
            {
                HashedBlock parent = blocks[random.Next(Math.Max(0, blocks.Count - 8), blocks.Count)];
                HashedBlock block = Next(parent, i);
                Verdict verdict = node.Deliver(block);
                // The parent was on a branch that the floor has left behind.
                if (!isInMemory && verdict.Kind == VerdictKind.MissingParent) continue;
                Assert.That(verdict, Is.EqualTo(Verdict.Valid));
                blocks.Add(block);
                naive.Add(new ForkChoiceBlock(block.Id, parent.Id, block.Header.Height, _world.BlockWeight, default));
                if (!isInMemory) continue;
                Assert.That(node.Core.Tip.Id, Is.EqualTo(naive.Head), $"seed {seed}, block {i}");
            }

            if (!isInMemory)
            {
                Assert.That(node.Core.Tip.Header.StateRoot, Is.EqualTo(node.Core.State.StateRoot), $"seed {seed}");
                Assert.That(node.Core.IsSettled, $"seed {seed}");
            }

            reorganizations += node.Of<NodeEffect.TipMoved>().Count(moved => moved.Disconnected.Length > 0);
            if (node.Core.Tip.Header.Height < blocks.Max(block => block.Header.Height)) lighter++;
        }

        TestContext.Out.WriteLine(Invariant($"{reorganizations} reorganizations; {lighter} of {trees} trees end on a chain that is not the longest"));
        Assert.That(reorganizations, Is.GreaterThan(trees));
        if (isInMemory) Assert.That(lighter, Is.Positive);
    }

    [Test]
    public void Room_ThatIsMadeWhileALighterChainIsBeingDone_LeavesItAlone()
    {
        var node = new ChainHarness(_world, limits: new ChainOptions { MaxSideBytes = 5 * 2_000 });
        node.DeliverAll(_forge.Chain(_forge.Genesis, 3));
        HashedBlock honest = Next(_forge.Genesis, 1);
        HashedBlock[] children = [Next(honest, 1), Next(honest, 2), Next(honest, 3)];
        node.DeliverAll([honest, .. children[..2]]);

        // The last one lets the lighter chain win; before that is done, others crowd in.
        foreach (HashedBlock block in (HashedBlock[])[children[2], Next(honest, 4), Next(honest, 5), Next(honest, 6), Next(honest, 7)])
            node.StepOnce(new NodeInput.BlockArrived(block));
        Assert.That(node.Of<NodeEffect.BlockSettled>().Any(settled => settled.Verdict.Kind == VerdictKind.Refused), "there was too little room");
        node.Settle();
        Assert.That(node.Core.Tip, Is.SameAs(children[0]));
        HashedBlock next = Next(children[0], 9);
        Assert.That(node.Deliver(next), Is.EqualTo(Verdict.Valid));
        Assert.That(node.Core.Tip, Is.SameAs(next));
    }

    [Test]
    public void Ties_ThatAreDrawn_GoToEitherBranch()
    {
        var tips = new HashSet<int>();
        for (int seed = 0; seed < 40; seed++)
        {
            CreateChain();
            var node = new ChainHarness(_world, limits: new ChainOptions { Ties = new SeededEntropy(seed) });
            HashedBlock[] rivals = [Next(_forge.Genesis, 1), Next(_forge.Genesis, 2)];
            node.DeliverAll(rivals);
            tips.Add(Array.FindIndex(rivals, rival => rival.Id == node.Core.Tip.Id));
        }

        Assert.That(tips, Is.EquivalentTo(new[] { 0, 1 }));
    }

    private HashedBlock Next(HashedBlock parent, int number) =>
        _forge.Next(parent, change: header => header with { Timestamp = header.Timestamp.Plus(TimeSpan.FromMilliseconds(number)) });

    private sealed class SeededEntropy(int seed) : Crypto.IEntropySource
    {
        private readonly Random _random = new(seed);

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }
}
