using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>A chain that is made to end at an older block again.</summary>
public sealed class RevertTests
{
    private static readonly ChainOptions Tiny = new() { KeptBlocks = 4, MaxRecentBytes = 0, CheckpointBlocks = 7 };

    private World _world = null!;
    private Forge _forge = null!;
    private MemoryChainStore _store = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateNode()
    {
        _world = new World(ProfileOf(StandardFormat.Instance) with { TagWindow = 1_000 });
        _forge = new Forge(_world);
        _store = new MemoryChainStore();
        _node = new ChainHarness(_world, limits: Tiny, store: _store);
    }

    [TearDown]
    public void DisposeStore() => _store.Dispose();

    [Test]
    public void Revert_AnyDepthAtAnyTime_IsTheStateOfThatHeight([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var states = new List<string> { _node.Snapshot };
        int reverts = 0, restarts = 0;
        for (int step = 0; step < 400; step++)
        {
            int choice = random.Next(12);
            if (choice == 0 && states.Count > 1)
            {
                int height = random.Next(states.Count);
                Assert.That(Revert(_node.Core.BlockAt((ulong)height)!.Id), Is.Null);
                states.RemoveRange(height + 1, states.Count - height - 1);
                reverts++;
            }
            else if (choice == 1 && _node.RestartAtCheckpoint(executes: random.Next(2) == 0) is { } again)
            {
                _node = again;
                restarts++;
            }
            else
            {
                Transaction[] payments = random.Next(2) == 0 ? [] : [_world.Pay(Alice, Bob, (ulong)random.Next(10, 20))];
                Assert.That(_node.Deliver(_forge.Next(_node.Core.Tip, payments, random.Next(2) == 0 ? Miner : OtherMiner)).IsValid);
                states.Add(_node.Snapshot);
            }

            Assert.That(_node.Snapshot, Is.EqualTo(states[^1]), $"seed {seed}, step {step}");
            Assert.That(_store.Tip, Is.EqualTo(new StoredTip(_node.Core.Tip.Id, (ulong)states.Count - 1)));
        }

        TestContext.Out.WriteLine(Invariant($"seed {seed}: {reverts} reverts, {restarts} restarts"));
        Assert.That(reverts, Is.GreaterThan(10));
        Assert.That(restarts, Is.GreaterThan(3));
    }

    [Test]
    public void Revert_WhatWasGivenUp_IsNotBuiltUpon_ButTakenAnew()
    {
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 8);
        _node.DeliverAll(blocks);
        Assert.That(Revert(blocks[2].Id), Is.Null);
        Assert.That(_node.Deliver(_forge.Next(blocks[7])).Kind, Is.EqualTo(VerdictKind.Refused), "a search that was under way");
        Assert.That(_node.Deliver(blocks[5]).Kind, Is.EqualTo(VerdictKind.Refused));
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(blocks[2].Id));

        _node.DeliverAll(blocks[3..]);
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(blocks[7].Id));
    }

    [Test]
    public void Revert_KeepsWhatWaitsInThePool_AndGivesUpWhatWasInBlocks()
    {
        Transaction confirmed = _world.Pay(Alice, Bob, 10);
        Transaction pooled = _world.Pay(Alice, Carol, 11);
        _node.Submit(confirmed);
        _node.DeliverAll(_forge.Chain(_forge.Genesis, 1));
        HashedBlock block = _forge.Next(_node.Core.Tip, [confirmed]);
        _node.Deliver(block);
        _node.Submit(pooled);
        Assert.That(Revert(_forge.Genesis.Id), Is.Null);

        Assert.That(_node.Core.IsPooled(_world.Hash(pooled).Id));
        Assert.That(_node.Core.IsPooled(_world.Hash(confirmed).Id), Is.False);
        NodeEffect.TransactionDropped dropped = _node.Of<NodeEffect.TransactionDropped>().Single();
        Assert.That(dropped.Transaction.Id, Is.EqualTo(_world.Hash(confirmed).Id));
        Assert.That(dropped.Admission, Is.EqualTo(Admission.Refused(PoolRule.Reverted)));
    }

    [Test]
    public void Revert_ToTheTip_ChangesNothing()
    {
        _node.DeliverAll(_forge.Chain(_forge.Genesis, 3));
        string before = _node.Snapshot;
        Assert.That(Revert(_node.Core.Tip.Id), Is.Null);
        Assert.That(_node.Snapshot, Is.EqualTo(before));
    }

    [Test]
    public void Revert_ToTheTipWhileTheStoreIsBehind_IsDoneBeforeWhatFollows()
    {
        UseSlowStore();
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 3);
        _node.DeliverAll(blocks[..1]);
        _node.StepOnce(new NodeInput.BlockArrived(blocks[1]));
        _node.StepOnce(new NodeInput.RevertRequested(7, blocks[1].Id));
        _node.StepOnce(new NodeInput.BlockArrived(blocks[2]));
        _node.Settle();

        NodeEffect.TipMoved[] moves = [.. _node.Of<NodeEffect.TipMoved>().TakeLast(2)];
        Assert.That(moves.Select(move => (move.Ticket, move.Tip.Id, move.Connected.Length)), Is.EqualTo(new[]
        {
            ((long?)7, blocks[1].Id, 0), (null, blocks[2].Id, 1),
        }));
    }

    [Test]
    public void Revert_WhileALateSignatureDiscardsAnotherBranch_IsAnswered()
    {
        UseSlowStore();
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 6);
        _node.DeliverAll(blocks[..5]);
        HashedBlock next = _forge.Next(blocks[5]);
        HashedBlock forged = _forge.Next(next, [_world.Pay(Alice, Bob, 10).WithSignature(PlainSignatures.Sign(Bob, default))]);
        List<HashedBlock> heavier = _forge.Chain(blocks[5], 3, OtherMiner);

        // While the store writes one block, the next two wait, with the signatures of the second asked for, and a heavier branch comes.
        foreach (HashedBlock block in new[] { blocks[5], next, forged, heavier[0], heavier[1], heavier[2] }) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.StepOnce(new NodeInput.RevertRequested(9, blocks[1].Id));
        for (int i = 0; i < 2; i++)
        {
            Assert.That(_node.AnswerOne<NodeEffect.Commit>(), Is.Not.Null);
            Assert.That(_node.AnswerOne<NodeEffect.Continue>(), Is.Not.Null);
        }

        // The way back is under way when the forged signature is answered.
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(next.Id));
        Assert.That(_node.AnswerOne<NodeEffect.VerifySignatures>(), Is.Not.Null);
        Assert.That(_node.LastVerdict(forged).Rule, Is.EqualTo(BlockRule.SignatureInvalid));
        _node.Settle();
        NodeEffect.TipMoved last = _node.Of<NodeEffect.TipMoved>().Last();
        Assert.That((last.Ticket, last.Tip.Id), Is.EqualTo(((long?)9, blocks[1].Id)));
    }

    [Test]
    public void Revert_WhileManyBlocksWait_DoesNotWaitForThem()
    {
        UseSlowStore();
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 20);
        _node.DeliverAll(blocks[..3]);
        foreach (HashedBlock block in blocks[3..]) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.StepOnce(new NodeInput.RevertRequested(3, blocks[1].Id));
        _node.Settle();

        NodeEffect.TipMoved last = _node.Of<NodeEffect.TipMoved>().Last();
        Assert.That((last.Ticket, last.Tip.Id), Is.EqualTo(((long?)3, blocks[1].Id)));
        Assert.That(_node.Of<NodeEffect.TipMoved>().Max(moved => moved.Tip.Header.Height), Is.LessThan(20));
    }

    [Test]
    public void Revert_BelowWhereUndoWasPruned_IsRefused_AndTheChainGoesOn()
    {
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 30);
        _node.DeliverAll(blocks);
        ulong checkpoint = _store.Checkpoint!.Value.Height;
        _store.Commit(new StoreBatch { PruneUndoBelow = checkpoint });
        string before = _node.Snapshot;
        Assert.That(Revert(blocks[3].Id), Does.Contain("pruned"));
        Assert.That(_node.Snapshot, Is.EqualTo(before));

        _store.Commit(new StoreBatch { PruneBodiesBelow = checkpoint });
        Assert.That(Revert(blocks[3].Id), Does.Contain("only the header"));
        Assert.That(Revert(new BlockId(Alice.Value)), Does.Contain("not part of the best chain"));
        Assert.That(_node.Deliver(_forge.Next(blocks[^1])).IsValid);
        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(31));
    }

    /// <summary>A node that waits for its store after every block.</summary>
    private void UseSlowStore() => _node = new ChainHarness(_world, limits: new ChainOptions { MaxUncommittedBytes = 1 }, store: _store);

    /// <summary>Reverts, and returns why that was refused, or <c>null</c>.</summary>
    private string? Revert(BlockId block)
    {
        int start = _node.Log.Count;
        _node.Send(new NodeInput.RevertRequested(7, block));
        List<IChainEffect> since = _node.Log[start..];
        if (since.OfType<NodeEffect.RevertRefused>().SingleOrDefault() is { } refused) return refused.Reason;
        NodeEffect.TipMoved moved = since.OfType<NodeEffect.TipMoved>().Single();
        Assert.That(moved, Has.Property(nameof(moved.Ticket)).EqualTo(7).And.Property(nameof(moved.Connected)).Empty);
        Assert.That(moved.Tip.Id, Is.EqualTo(block));
        return null;
    }
}
