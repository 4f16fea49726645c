using System.Buffers.Binary;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>When the state is written, how that mixes with blocks, and what comes back of it.</summary>
public sealed class CheckpointTests
{
    private World _world = null!;
    private Forge _forge = null!;
    private MemoryChainStore _store = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateWorld()
    {
        _world = new World(ProfileOf(StandardFormat.Instance) with { TagWindow = 1_000, RewardMaturity = 3 });
        _forge = new Forge(_world);
        _store = new MemoryChainStore();
    }

    [TearDown]
    public void DisposeStore() => _store.Dispose();

    [Test]
    public void Checkpoint_IsWrittenAfterSoManyBlocks_AndTheNodeGoesOnFromThere([Values] bool executes)
    {
        Use(new ChainOptions { CheckpointBlocks = 10, KeptBlocks = 4, MaxRecentBytes = 0 });
        List<HashedBlock> blocks = PayingChain(25);
        _node.DeliverAll(blocks[..9]);
        Assert.That(_store.Checkpoint, Is.Null);
        _node.Deliver(blocks[9]);
        Assert.That(_store.Checkpoint, Is.EqualTo(new StoredTip(blocks[9].Id, 10)));
        _node.DeliverAll(blocks[10..]);
        Assert.That(_store.Checkpoint, Is.EqualTo(new StoredTip(blocks[19].Id, 20)));

        ChainHarness restarted = _node.RestartAtCheckpoint(executes)!;
        Assert.That(restarted.Snapshot, Is.EqualTo(_node.Snapshot));
        // What was replayed counts: the next checkpoint comes when the first node's would.
        List<HashedBlock> more = PayingChain(5, blocks[^1]);
        restarted.DeliverAll(more);
        Assert.That(_store.Checkpoint, Is.EqualTo(new StoredTip(more[^1].Id, 30)));
    }

    [Test]
    public void Checkpoint_IsWrittenAfterSoManyBytesToo()
    {
        Use(new ChainOptions { CheckpointBytes = 2_000 });
        List<HashedBlock> blocks = PayingChain(20);
        long bytes = 0;
        foreach (HashedBlock block in blocks)
        {
            _node.Deliver(block);
            bytes += _store.ReadUndo(block.Id)!.Value.Length;
            Assert.That(_store.Checkpoint is not null, Is.EqualTo(bytes >= 2_000));
            if (bytes >= 2_000) return;
        }
    }

    [Test]
    public void Slices_AreWrittenOneAtATime_WhenNoBlockIsToBeDone()
    {
        Use(new ChainOptions { CheckpointBlocks = 3 });
        List<HashedBlock> blocks = PayingChain(8);
        foreach (HashedBlock block in blocks) _node.StepOnce(new NodeInput.BlockArrived(block));
        int open = 0, most = 0, seen = 0;
        IChainEffect? answered;
        do
        {
            open += _node.Log.Skip(seen).Count(IsSlice);
            seen = _node.Log.Count;
            most = Math.Max(most, open);
            answered = _node.AnswerOne();
            if (answered is not null && IsSlice(answered)) open--;
        }
        while (answered is not null);

        CheckpointSlice[] slices = [.. _node.Of<NodeEffect.Commit>().Select(commit => commit.Batch.Slice).OfType<CheckpointSlice>()];
        Assert.That(most, Is.EqualTo(1));
        Assert.That(slices, Has.Length.GreaterThan(1));
        Assert.That(slices.Select(slice => slice.Height).Distinct(), Is.EqualTo(new[] { 8UL }), "all blocks came first");
        Assert.That(slices.Select(slice => slice.Index), Is.EqualTo(Enumerable.Range(0, slices.Length)));
        Assert.That(_store.Checkpoint!.Value.Id, Is.EqualTo(blocks[^1].Id));
    }

    [Test]
    public void Slices_AreNotPutOffForEver_WhileBlocksKeepComing()
    {
        // Alice pays a thousand in every block: two or three of them are worth a slice.
        _world = new World(_world.Profile with { Genesis = _world.Profile.Genesis with { Allocations = [new(Alice, 1_000_000)] } });
        _forge = new Forge(_world);
        Use(new ChainOptions { CheckpointBlocks = 1 });
        var blocks = new List<HashedBlock>();
        for (int i = 0; i < 12; i++)
        {
            int first = i * 1_000;
            IEnumerable<Transaction> payments = Enumerable.Range(first, 1_000).Select(number => _world.Pay(Alice, Numbered(number), 1));
            blocks.Add(_forge.Next(i == 0 ? _forge.Genesis : blocks[^1], payments));
        }

        foreach (HashedBlock block in blocks) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.Settle();
        Assert.That(_node.Core.Tip, Is.SameAs(blocks[^1]));
        int[] slices = [.. _node.Log.Index().Where(effect => IsSlice(effect.Item)).Select(effect => effect.Index)];
        int lastBlock = _node.Log.FindLastIndex(effect => effect is NodeEffect.Commit { Batch.Connected: [_, ..] });
        Assert.That(slices.Count(slice => slice < lastBlock), Is.InRange(2, 5));
    }

    [Test]
    public void Checkpoint_WhoseBlockLeavesTheBestChain_IsGivenUpAndTakenAnew()
    {
        Use(new ChainOptions { CheckpointBlocks = 5 });
        List<HashedBlock> first = PayingChain(5);
        List<HashedBlock> second = _forge.Chain(first[2], 4, OtherMiner);
        foreach (HashedBlock block in first) _node.StepOnce(new NodeInput.BlockArrived(block));
        while (!_node.Of<NodeEffect.Commit>().Any(commit => commit.Batch.Slice is not null)) _node.AnswerOne();
        foreach (HashedBlock block in second) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.Settle();

        Assert.That(_node.Core.Tip.Id, Is.EqualTo(second[^1].Id));
        CheckpointSlice[] slices = [.. _node.Of<NodeEffect.Commit>().Select(commit => commit.Batch.Slice).OfType<CheckpointSlice>()];
        Assert.That(slices.Where(slice => slice.Block == first[^1].Id).Select(slice => slice.IsLast), Is.All.False);
        Assert.That(_store.Checkpoint, Is.Null, "the next one is not due yet");
        _node.DeliverAll(PayingChain(1, second[^1]));
        Assert.That(_store.Checkpoint!.Value.Height, Is.EqualTo(8));
        Assert.That(_node.RestartAtCheckpoint(executes: false)!.Snapshot, Is.EqualTo(_node.Snapshot));
    }

    [Test]
    public void Checkpoint_OfABranchThatLostLater_IsUndoneWhenTheNodeIsStartedAgain([Values] bool executes)
    {
        Use(new ChainOptions { CheckpointBlocks = 8, KeptBlocks = 2, MaxRecentBytes = 0 });
        List<HashedBlock> first = PayingChain(8);
        List<HashedBlock> second = _forge.Chain(first[2], 7, OtherMiner);
        _node.DeliverAll([.. first, .. second]);
        Assert.That(_store.Checkpoint!.Value.Id, Is.EqualTo(first[^1].Id));
        Assert.That(_store.IdAt(8), Is.Not.EqualTo(first[^1].Id));

        Assert.That(_node.RestartAtCheckpoint(executes)!.Snapshot, Is.EqualTo(_node.Snapshot));
    }

    [Test]
    public void Chain_PrunedBelowItsCheckpoint_GoesOnAndIsReorganizedAboveIt([Values(0, 3)] int kept)
    {
        Use(new ChainOptions { CheckpointBlocks = 10, KeptBlocks = 2, MaxRecentBytes = 0 });
        List<HashedBlock> first = PayingChain(14);
        _node.DeliverAll(first);
        ulong below = 10 - (ulong)kept;
        _store.Commit(new StoreBatch { PruneBodiesBelow = below, PruneUndoBelow = below });

        ChainHarness restarted = _node.RestartAtCheckpoint(executes: false)!;
        Assert.That(restarted.Snapshot, Is.EqualTo(_node.Snapshot));
        List<HashedBlock> second = _forge.Chain(first[(int)below - 2], 12, OtherMiner);
        restarted.DeliverAll([.. PayingChain(2, first[^1]), .. second]);
        Assert.That(restarted.Core.Tip.Id, Is.EqualTo(second[^1].Id));
        Assert.That(restarted.RestartAtCheckpoint(executes: false)!.Snapshot, Is.EqualTo(restarted.Snapshot));
    }

    private static Crypto.Address Numbered(int number)
    {
        byte[] bytes = new byte[32];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number + 1);
        return new Crypto.Address(new Crypto.Hash256(bytes));
    }

    private static bool IsSlice(IChainEffect effect) => effect is NodeEffect.Commit { Batch.Slice: not null };

    private List<HashedBlock> PayingChain(int length, HashedBlock? parent = null)
    {
        var chain = new List<HashedBlock>();
        parent ??= _forge.Genesis;
        for (int i = 0; i < length; i++) chain.Add(parent = _forge.Next(parent, [_world.Pay(Alice, Owner((byte)(0x50 + (i % 64))), 2)]));
        return chain;
    }

    private void Use(ChainOptions options) => _node = new ChainHarness(_world, limits: options, store: _store);
}
