using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>
/// Under the heaviest subtree, a node that was stopped and started again decides as one that never stopped: two nodes get the same
/// blocks in the same order, valid and invalid, and one of them is stopped now and then.
/// </summary>
[Category("Long")]
public sealed class GhostRestartTests
{
    private const int FirstSeed = 20261128;

    private static readonly int s_seeds = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000 : 24;

    [Test]
    public void RandomTrees_StoppedAndStartedAgain_HaveTheHeadsAndWeightsOfANodeThatNeverStopped()
    {
        int steps = 0, stops = 0, cutOff = 0, fetched = 0, brought = 0, invalid = 0, different = 0;
        for (int seed = FirstSeed; seed < FirstSeed + s_seeds; seed++)
        {
            using var run = new Run(seed);
            different += run.Go();
            (steps, stops, cutOff, fetched) = (steps + run.Steps, stops + run.Stops, cutOff + run.CutOff, fetched + run.Fetched);
            (brought, invalid) = (brought + run.BroughtBack, invalid + run.Invalid);
        }

        TestContext.Out.WriteLine(Invariant(
            $"seeds {FirstSeed} to {FirstSeed + s_seeds - 1}: {steps} steps, {stops} stops of which {cutOff} with work under way, {brought} blocks brought back by their headers, {invalid} invalid, {fetched} bodies fetched; steps that differ: {different}"));
        Assert.That(different, Is.Zero);
        Assert.That(new[] { stops, cutOff, fetched, brought, invalid }, Is.All.Positive);
    }

    [Test]
    public void Started_ManySiblingsAtOneHeight_KeepsTheirOrderOfArrival()
    {
        // Of equals the first wins; after the restart a child decides between two that had come before the one that was best.
        var world = CreateWorld(() => new Ghost());
        var forge = new Forge(world);
        using var store = new MemoryChainStore();
        var node = new ChainHarness(world, store: store);
        HashedBlock[] rivals = [.. Enumerable.Range(1, 3).Select(i => forge.Next(forge.Genesis, miner: Owner((byte)i), seal: forge.Hash))];
        HashedBlock[] children = [.. rivals.Select(rival => forge.Next(rival, seal: forge.Hash))];
        node.DeliverAll(rivals);
        Assert.That(node.Core.Tip, Is.SameAs(rivals[0]));
        node.DeliverAll([children[2]]);
        Assert.That(node.Core.Tip, Is.SameAs(children[2]));

        ChainHarness again = Restart(node);
        Deliver(again, children[1], rivals);
        Assert.That(again.Core.Tip.Id, Is.EqualTo(children[1].Id), "the second came before the third");
        again = Restart(again);
        Deliver(again, children[0], rivals);
        Assert.That(again.Core.Tip.Id, Is.EqualTo(children[0].Id), "the first came before both");
    }

    [Test]
    public void Sides_BelowAThousand_AreForgotten_AndAtOneHeightOnlySomeAreKept()
    {
        var world = CreateWorld(() => new AgreedTies(new Ghost()));
        var forge = new Forge(world);
        using var store = new MemoryChainStore();
        var node = new ChainHarness(world, store: store);
        List<HashedBlock> chain = [forge.Genesis];
        for (int i = 0; i < 1_010; i++)
        {
            chain.Add(forge.Next(chain[^1], seal: forge.Hash));
            node.Send(new NodeInput.BlockArrived(chain[^1]));
            if (i is 3 or 20) node.Send(new NodeInput.BlockArrived(forge.Next(chain[^2], miner: OtherMiner, seal: forge.Hash)));
        }

        for (int i = 0; i < 100; i++) node.Send(new NodeInput.BlockArrived(forge.Next(chain[^5], miner: Owner((byte)i), seal: forge.Hash)));
        Assert.That(node.Core.Tip, Is.SameAs(chain[^1]));
        Assert.That(store.ReadSides(0, 9), Is.Empty);
        Assert.That(store.ReadSides(21, 21), Has.Length.EqualTo(2), "the one of the best chain, for their order, and the other");
        Assert.That(store.ReadSides(1_007, 1_007), Has.Length.EqualTo(64));
    }

    [Test]
    public void HeaviestChain_KeepsNoSides()
    {
        var world = CreateWorld(() => new HeaviestChain());
        var forge = new Forge(world);
        using var store = new MemoryChainStore();
        var node = new ChainHarness(world, store: store);
        node.DeliverAll([forge.Next(forge.Genesis, seal: forge.Hash), forge.Next(forge.Genesis, miner: OtherMiner, seal: forge.Hash)]);
        Assert.That(store.ReadSides(0, ulong.MaxValue), Is.Empty);
        Assert.That(node.Of<NodeEffect.Commit>().Count(), Is.EqualTo(1));
    }

    private static World CreateWorld(Func<IForkChoice> forkChoice) =>
        new(ProfileOf(StandardFormat.Instance) with { Consensus = new StubSpec { ForkChoice = forkChoice } }) { BlockWeight = Work.From(1) };

    private static ChainHarness Restart(ChainHarness node)
    {
        ChainHarness again = node.RestartAtCheckpoint(executes: false) ?? node.Restart(0, executes: false);
        again.Send(new NodeInput.Started(again.Core.Genesis.Id, _ => null));
        return again;
    }

    /// <summary>Delivers a block, and those that the node then asks for; returns how many those were.</summary>
    private static int Deliver(ChainHarness node, HashedBlock block, IReadOnlyCollection<HashedBlock> known)
    {
        int seen = node.Log.Count;
        node.Send(new NodeInput.BlockArrived(block));
        return Answer(node, known, seen);
    }

    private static int Answer(ChainHarness node, IReadOnlyCollection<HashedBlock> known, int seen)
    {
        int fetched = 0;
        for (; seen < node.Log.Count; seen++)
        {
            if (node.Log[seen] is not NodeEffect.FetchBlock fetch) continue;
            node.Send(new NodeInput.BlockArrived(known.Single(other => other.Id == fetch.Missing)));
            fetched++;
        }

        return fetched;
    }

    private sealed class Run : IDisposable
    {
        private const int Blocks = 26;

        private readonly int _seed;
        private readonly Random _random;
        private readonly World _world;
        private readonly bool _agrees;
        private readonly List<Ghost> _ghosts = [];
        private readonly MemoryChainStore _store = new();
        private readonly List<HashedBlock> _left;
        private readonly List<HashedBlock> _delivered = [];
        private readonly HashSet<BlockId> _invalid = [];
        private readonly ChainHarness _steady;
        private readonly Ghost _steadyGhost;
        private ChainHarness _stopping;

        public Run(int seed)
        {
            (_seed, _random) = (seed, new Random(seed));
            _agrees = seed % 2 == 0;
            _world = CreateWorld(CreateForkChoice);
            _left = CreateTree();
            _steady = new ChainHarness(_world);
            _steadyGhost = _ghosts[^1];
            var limits = new ChainOptions { CheckpointBlocks = _random.Next(1, 12), MaxRecentBytes = _random.Next(2) * 5_000 };
            _stopping = new ChainHarness(_world, limits: limits, store: _store);
        }

        public int Steps { get; private set; }

        public int Stops { get; private set; }

        public int CutOff { get; private set; }

        public int Fetched { get; private set; }

        public int BroughtBack { get; private set; }

        public int Invalid { get; private set; }

        public int Go()
        {
            int different = 0;
            while (_left.Count > 0)
            {
                // Where ties go to the first that came, what was lost with the work under way may come again in another order.
                if (_random.Next(6) == 0) Stop(isCutOff: _agrees && _random.Next(2) == 0);
                if (_left.Count == 0) return different;
                HashedBlock block = _left[_random.Next(_left.Count)];
                Take(block);
                Fetched += Deliver(_stopping, block, _delivered);
                Steps++;
                if (!IsSame()) different++;
            }

            return different;
        }

        public void Dispose() => _store.Dispose();

        /// <summary>Delivers a block to the node that never stops; it comes again where its parent is missing.</summary>
        private void Take(HashedBlock block)
        {
            _steady.Send(new NodeInput.BlockArrived(block));
            if (_steady.Of<NodeEffect.BlockJudged>().Last().Verdict.Kind == VerdictKind.MissingParent) return;
            _left.Remove(block);
            _delivered.Add(block);
        }

        private bool IsSame()
        {
            bool isSame = _steady.Core.Tip.Id == _stopping.Core.Tip.Id
                && _delivered.All(HasSameWeight)
                && Equals(_steadyGhost.WeightOf(_world.ChainId), _ghosts[^1].WeightOf(_world.ChainId));
            if (!isSame) TestContext.Out.WriteLine(Invariant($"seed {_seed}, step {Steps}: tips {_steady.Core.Tip.Id} and {_stopping.Core.Tip.Id}"));
            return isSame;
        }

        /// <summary>
        /// What was lost with the work under way comes again in another order, in which a branch that is invalid may not have led, and so was not
        /// executed: it weighs as a branch then, not for what it builds on. All else weighs the same, that included.
        /// </summary>
        private bool HasSameWeight(HashedBlock block)
        {
            (SignedWeight? steady, SignedWeight? stopping) = (_steadyGhost.WeightOf(block.Id), _ghosts[^1].WeightOf(block.Id));
            return Equals(steady, stopping) || (CutOff > 0 && _invalid.Contains(block.Id) && (steady is null || stopping is null));
        }

        private void Stop(bool isCutOff)
        {
            Stops++;
            if (isCutOff)
            {
                // What is on its way when the node stops is lost, unless its commit was answered.
                CutOff++;
                foreach (HashedBlock block in _left.Take(3).ToArray())
                {
                    _stopping.StepOnce(new NodeInput.BlockArrived(block));
                    Take(block);
                }

                for (int answers = _random.Next(5); answers > 0; answers--) _stopping.AnswerOne();
            }

            int before = _store.ReadSides(0, ulong.MaxValue).Length;
            _stopping = Restart(_stopping);
            (Fetched, BroughtBack) = (Fetched + Answer(_stopping, _delivered, 0), BroughtBack + before);
            if (!isCutOff) return;
            foreach (HashedBlock block in _delivered.ToArray()) Fetched += Deliver(_stopping, block, _delivered);
        }

        private IForkChoice CreateForkChoice()
        {
            _ghosts.Add(new Ghost());
            return _agrees ? new AgreedTies(_ghosts[^1]) : _ghosts[^1];
        }

        private List<HashedBlock> CreateTree()
        {
            var forge = new Forge(_world);
            List<(HashedBlock Block, bool IsInvalid)> made = [(forge.Genesis, false)];
            for (int i = 0; i < Blocks; i++)
            {
                (HashedBlock parent, bool isBehindInvalid) = made[_random.Next(Math.Max(0, made.Count - 7), made.Count)];
                int fault = isBehindInvalid ? 2 : _random.Next(8);
                HashedBlock block = forge.Next(
                    parent,
                    // A payment to no one is a body that breaks a rule by itself, under a root that is its own.
                    fault == 1 ? [_world.Pay(Alice, Carol, 0)] : [],
                    miner: Owner((byte)(1 + i)),
                    change: fault == 0 ? header => header with { StateRoot = Owner(0xee).Value } : null,
                    seal: forge.Hash);
                made.Add((block, fault <= 2 && (fault < 2 || isBehindInvalid)));
            }

            _invalid.UnionWith(made.Where(block => block.IsInvalid).Select(block => block.Block.Id));
            Invalid = _invalid.Count;
            return [.. made.Skip(1).Select(block => block.Block)];
        }
    }
}
