using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>What leaves memory, what comes back, and what a node does that cannot have it back.</summary>
public sealed class RetentionWindowTests
{
    private const int Kept = 3;

    private static readonly ChainOptions Tiny = new() { KeptBlocks = Kept, MaxRecentBytes = 0 };

    private World _world = null!;
    private Forge _forge = null!;
    private MemoryChainStore _store = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateNode() => Use(new World(ProfileOf(StandardFormat.Instance) with { TagWindow = 1_000 }), Tiny);

    [TearDown]
    public void DisposeStore() => _store.Dispose();

    [Test]
    public void Memory_HoldsTheLastBlocksOnly_HoweverLongTheChain()
    {
        HashedBlock tip = _forge.Genesis;
        for (int i = 0; i < 500; i++)
        {
            _node.Deliver(tip = _forge.Next(tip));
            if (i >= Kept) Assert.That(_node.Core.NodeCount, Is.EqualTo(Kept));
        }

        for (ulong height = 0; height <= 500; height += 50) Assert.That(_node.Core.BlockAt(height)!.Header.Height, Is.EqualTo(height));
        Assert.That(_node.Core.Find(_node.Core.BlockAt(7)!.Id)!.Header.Height, Is.EqualTo(7));
        Assert.That(_node.Core.BlockAt(501), Is.Null);
        Assert.That(_node.Core.Find(new BlockId(Alice.Value)), Is.Null);
    }

    [Test]
    public void Floor_StaysWhereBlocksAreNotDurable()
    {
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 10);
        foreach (HashedBlock block in blocks) _node.StepOnce(new NodeInput.BlockArrived(block));
        Assert.That(_node.Core.Tip, Is.SameAs(blocks[^1]));
        Assert.That(_node.Core.NodeCount, Is.EqualTo(11));
        for (int durable = 1; durable <= 10; durable++)
        {
            while (_node.AnswerOne() is not NodeEffect.Commit)
            {
                // Up to the next commit.
            }

            Assert.That(_node.Core.NodeCount, Is.EqualTo(Math.Max(11 - durable, Kept)));
        }
    }

    [Test]
    public void Block_OnOneThatLeftMemory_IsJudgedByTheSameRules()
    {
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 30);
        _node.DeliverAll(blocks);
        HashedBlock parent = blocks[14];
        Timestamp median = blocks[9].Header.Timestamp;
        HashedBlock old = _forge.Next(parent, miner: OtherMiner, change: header => header with { Timestamp = median });
        HashedBlock sound = _forge.Next(parent, miner: OtherMiner, change: header => header with { Timestamp = new Timestamp(median.UnixMilliseconds + 1) });

        Assert.That(
            _node.Deliver(old),
            Is.EqualTo(Verdict.Invalid(BlockRule.TimestampTooOld, median.UnixMilliseconds, median.UnixMilliseconds + 1)));
        Assert.That(_node.Core.NodeCount, Is.EqualTo(Kept), "what was brought back for it is gone again");
        Assert.That(_node.Deliver(sound), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.NodeCount, Is.EqualTo(Kept + 2), "the block, and the one that it stands on");
        Assert.That(_node.Deliver(blocks[20]), Is.EqualTo(Verdict.Valid), "what the store has is known");
        Assert.That(_node.Core.NodeCount, Is.EqualTo(Kept + 2));
    }

    [Test]
    public void Branch_ThatLost_ComesBackFromTheStoreWhenItGrows([Values(1, 4, 30)] int depth)
    {
        List<HashedBlock> trunk = _forge.Chain(_forge.Genesis, 5);
        List<HashedBlock> first = _forge.Chain(trunk[^1], depth);
        List<HashedBlock> second = _forge.Chain(trunk[^1], depth + 10, OtherMiner);
        List<HashedBlock> again = _forge.Chain(first[^1], 12);
        _node.DeliverAll([.. trunk, .. first, .. second]);
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(second[^1].Id));
        Assert.That(_node.Core.NodeCount, Is.EqualTo(Kept), "the branch that lost is forgotten");

        _node.DeliverAll(again);

        var fresh = new ChainHarness(_world);
        fresh.DeliverAll([.. trunk, .. first, .. again]);
        Assert.That(_node.Snapshot, Is.EqualTo(fresh.Snapshot));
        Assert.That(_store.Tip!.Value.Id, Is.EqualTo(again[^1].Id));
        for (ulong height = 1; height <= _store.Tip.Value.Height; height++)
            Assert.That(_node.Core.BlockAt(height)!.Encoded.ToArray(), Is.EqualTo(fresh.Core.BlockAt(height)!.Encoded.ToArray()));
    }

    [Test]
    public void Branch_ThatNobodyExtends_IsForgottenWhenTheFloorPassesIt_OneThatGrowsIsNot()
    {
        List<HashedBlock> best = _forge.Chain(_forge.Genesis, 40);
        List<HashedBlock> growing = _forge.Chain(best[1], 38, OtherMiner);
        HashedBlock stale = _forge.Next(best[3], miner: OtherMiner);
        _node.DeliverAll(best[..5]);
        _node.Deliver(stale);
        int next = 0;
        for (int i = 5; i < 40; i++)
        {
            _node.Deliver(best[i]);
            Assert.That(_node.Deliver(growing[next++]), Is.EqualTo(Verdict.Valid));
        }

        Assert.That(_node.Core.Find(stale.Id), Is.Null);
        Assert.That(growing[..next].Select(block => _node.Core.Find(block.Id)), Is.All.Not.Null);
        _node.DeliverAll(growing[next..]);
        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(40), "one more block and it wins");
        HashedBlock last = _forge.Next(growing[^1], miner: OtherMiner);
        _node.Deliver(last);
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(last.Id));
    }

    [Test]
    public void Flood_OfSideBlocks_CostsBoundedMemory_AndPushesNoHeavierBranchOut()
    {
        List<HashedBlock> best = _forge.Chain(_forge.Genesis, 20);
        List<HashedBlock> honest = _forge.Chain(best[10], 9, OtherMiner);
        int bytes = honest.Sum(block => block.Encoded.Length + 1024);
        Use(_world, Tiny with { MaxSideBytes = bytes + 10_000 });
        _node.DeliverAll(best);
        _node.DeliverAll(honest);

        for (int i = 0; i < 1_000; i++)
        {
            Assert.That(_node.Deliver(_forge.Next(best[i % 8], miner: Owner((byte)(1 + (i % 200))))).Kind, Is.EqualTo(VerdictKind.Valid));
            Assert.That(_node.Core.NodeCount, Is.LessThan(Kept + honest.Count + 1 + (2 * (10_000 / 1024))));
        }

        Assert.That(_node.Of<NodeEffect.BlockSettled>().Count(settled => settled.Verdict.Kind == VerdictKind.Refused), Is.GreaterThan(900));
        Assert.That(_node.Of<NodeEffect.BlockSettled>().Count(settled => settled.Blame != Blame.None), Is.Zero);
        Assert.That(honest.Select(block => _node.Core.Find(block.Id)), Is.All.Not.Null);
        List<HashedBlock> more = _forge.Chain(honest[^1], 2, OtherMiner);
        _node.DeliverAll(more);
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(more[^1].Id));
    }

    [Test]
    public void HeavierBranch_BelowWhereUndoWasPruned_IsRefusedAloud()
    {
        List<HashedBlock> best = _forge.Chain(_forge.Genesis, 20);
        _node.DeliverAll(best);
        var checkpoint = new CheckpointSlice(best[11].Id, 12, 0, new byte[] { 1 }, IsLast: true);
        _store.Commit(new StoreBatch { Slice = checkpoint, PruneUndoBelow = 10 });
        string before = _node.Snapshot;

        List<HashedBlock> branch = _forge.Chain(best[6], 14, OtherMiner);
        foreach (HashedBlock block in branch) Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid), "as far as could be moved before it won");

        Assert.That(_node.Snapshot, Is.EqualTo(before));
        NodeEffect.BranchRefused refused = _node.Of<NodeEffect.BranchRefused>().Single();
        Assert.That((refused.Tip.Id, refused.ForkHeight), Is.EqualTo((branch[^1].Id, 7UL)));
        Assert.That(branch.Select(block => _node.LastVerdict(block).Kind), Is.All.EqualTo(VerdictKind.Refused));
        Assert.That(_node.Deliver(branch[0]).Kind, Is.EqualTo(VerdictKind.Refused), "which is remembered");
        Assert.That(_node.Deliver(_forge.Next(branch[^1])).Kind, Is.EqualTo(VerdictKind.Refused));
        Assert.That(_node.Of<NodeEffect.BranchRefused>().Count(), Is.EqualTo(1));

        // One that forks off where undo is left wins as ever.
        List<HashedBlock> other = _forge.Chain(best[11], 9, OtherMiner);
        _node.DeliverAll(other);
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(other[^1].Id));
    }

    [Test]
    public void Block_OnOneThatIsFinalAndLeftMemory_ContradictsFinality()
    {
        Use(UnderAuthority(), Tiny);
        var blocks = new List<HashedBlock>();
        for (int i = 0; i < 20; i++) blocks.Add(_forge.Next(i == 0 ? _forge.Genesis : blocks[^1], seal: _forge.SealedBy(Alice)));
        _node.DeliverAll(blocks);
        HashedBlock rival = _forge.Next(blocks[4], miner: OtherMiner, seal: _forge.SealedBy(Alice));

        Assert.That(_node.Deliver(rival), Is.EqualTo(Verdict.Invalid(BlockRule.ContradictsFinality, 5UL, 20UL)));
        Assert.That(_node.Core.NodeCount, Is.EqualTo(Kept));
    }

    [Test]
    public void Chain_ThatBeginsAtAnyBlock_GoesOnLikeOneThatNeverEnded([Values(0UL, 1UL, 9UL, 20UL)] ulong origin, [Values] bool executes)
    {
        List<HashedBlock> best = _forge.Chain(_forge.Genesis, 20);
        _node.DeliverAll(best);
        ChainHarness restarted = _node.Restart(origin, executes);
        Assert.That(restarted.Snapshot, Is.EqualTo(_node.Snapshot));
        Assert.That(restarted.Core.TipState, Is.EqualTo(_node.Core.TipState));

        List<HashedBlock> branch = _forge.Chain(best[4], 17, OtherMiner);
        restarted.DeliverAll(branch);
        var fresh = new ChainHarness(_world);
        fresh.DeliverAll([.. best[..5], .. branch]);
        Assert.That(restarted.Snapshot, Is.EqualTo(fresh.Snapshot));
    }

    [Test]
    public void RuleState_ComesBackWithItsBlock()
    {
        // Once Alice has paid something away it is Bob's turn to seal.
        Use(
            new World(ProfileOf(StandardFormat.Instance) with
            {
                Consensus = new StubSpec { FirstSealer = Alice, Sealer = state => state.BalanceOf(Alice) < 1_000 ? Bob : Alice },
            })
            { BlockWeight = Work.From(1) },
            Tiny);
        HashedBlock first = _forge.Next(_forge.Genesis, [_world.Pay(Alice, Carol, 5)], seal: _forge.SealedBy(Alice));
        var blocks = new List<HashedBlock> { first };
        while (blocks.Count < 10) blocks.Add(_forge.Next(blocks[^1], seal: _forge.SealedBy(Bob)));
        _node.DeliverAll(blocks);

        HashedBlock wrong = _forge.Next(first, miner: OtherMiner, seal: _forge.SealedBy(Alice));
        var branch = new List<HashedBlock> { _forge.Next(first, miner: OtherMiner, seal: _forge.SealedBy(Bob)) };
        while (branch.Count < 10) branch.Add(_forge.Next(branch[^1], miner: OtherMiner, seal: _forge.SealedBy(Bob)));
        _node.DeliverAll(branch);
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(branch[^1].Id));

        var onWrong = new List<HashedBlock> { wrong };
        while (onWrong.Count < 12) onWrong.Add(_forge.Next(onWrong[^1], miner: Carol, seal: _forge.SealedBy(Bob)));
        foreach (HashedBlock block in onWrong) _node.Deliver(block);
        Assert.That(_node.LastVerdict(wrong), Is.EqualTo(Verdict.Invalid(BlockRule.SealInvalid, Alice.Value, Bob.Value)));
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(branch[^1].Id));
    }

    private void Use(World world, ChainOptions options)
    {
        _store?.Dispose();
        if (!ReferenceEquals(world, _world)) _forge = new Forge(world);
        _world = world;
        _store = new MemoryChainStore();
        _node = new ChainHarness(world, limits: options, store: _store);
    }
}
