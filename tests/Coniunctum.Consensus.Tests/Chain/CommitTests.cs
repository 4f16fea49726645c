using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

public sealed class CommitTests
{
    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;
    private List<HashedBlock> _blocks = null!;

    [SetUp]
    public void CreateChain()
    {
        _world = new World(StandardFormat.Instance);
        _forge = new Forge(_world);
        _node = new ChainHarness(_world);
        _blocks = _forge.Chain(_forge.Genesis, 3);
    }

    [Test]
    public void Tip_IsToldWhenItsCommitIsDurable_InTheOrderOfTheCommits()
    {
        foreach (HashedBlock block in _blocks) _node.StepOnce(new NodeInput.BlockArrived(block));

        Assert.That(_node.Core.Tip, Is.SameAs(_blocks[2]), "the machine runs ahead of the store");
        Assert.That(_node.Of<NodeEffect.Commit>().SelectMany(commit => commit.Batch.Connected).Select(block => block.Head.Id), Is.EqualTo(_blocks.Select(block => block.Id)));
        Assert.That(_node.Of<NodeEffect.TipMoved>(), Is.Empty);

        for (int i = 0; i < 3; i++)
        {
            _node.StepOnce(new NodeInput.Committed());
            Assert.That(_node.Of<NodeEffect.TipMoved>().Last().Connected, Is.EqualTo(new[] { _blocks[i] }));
        }

        Assert.That(_node.Of<NodeEffect.TipMoved>().Count(), Is.EqualTo(3));
    }

    [Test]
    public void Failure_HaltsOnceAndForAll()
    {
        foreach (HashedBlock block in _blocks) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.StepOnce(new NodeInput.Committed());
        _node.StepOnce(new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
        int before = _node.Log.Count;

        _node.StepOnce(new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "again")));
        _node.StepOnce(new NodeInput.Committed());
        _node.StepOnce(new NodeInput.Continued());
        _node.StepOnce(new ProducerEffect.Prepare(Miner));
        HashedBlock next = _forge.Next(_blocks[2]);
        _node.StepOnce(new NodeInput.BlockArrived(next));
        _node.StepOnce(new NodeInput.TransactionArrived(7, _world.Hash(_world.Pay(Alice, Bob, 1))));

        Assert.That(_node.Of<NodeEffect.Halted>().Select(halted => halted.Reason), Is.EqualTo(new[] { new HaltReason(HaltCode.StoreFailed, "the disk is full") }));
        Assert.That(_node.Of<NodeEffect.TipMoved>().SelectMany(moved => moved.Connected), Is.EqualTo(new[] { _blocks[0] }));
        Assert.That(_node.Log.Skip(before), Has.Exactly(2).Items, "every arrival is answered, and nothing else happens");
        Assert.That(_node.LastVerdict(next), Is.EqualTo(default(Verdict)), "not checked is never valid");
        Assert.That(_node.Of<NodeEffect.TransactionJudged>().Single().Admission.Rule, Is.EqualTo(PoolRule.Halted));
        Assert.That(_node.Core.Tip, Is.SameAs(_blocks[2]));
    }

    [Test]
    public void Failure_WhileSignaturesAreBeingVerified_AdoptsNothing()
    {
        HashedBlock block = _forge.Next(_forge.Genesis, [_world.Pay(Alice, Bob, 1)]);
        _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.StepOnce(new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "power")));
        _node.Settle();

        Assert.That(_node.Core.Tip, Is.SameAs(_node.Core.Genesis));
        Assert.That(_node.Of<NodeEffect.Commit>(), Is.Empty);
    }

    [Test]
    public void AnswersToNothing_AreBrokenInvariants()
    {
        Assert.That(() => _node.StepOnce(new NodeInput.Committed()), Throws.InvalidOperationException);
        Assert.That(() => _node.StepOnce(new NodeInput.SignaturesVerified(new JobId(99), [])), Throws.InvalidOperationException);
    }

    [Test]
    public void Restore_InOrder_GivesTheSameChainAndGoesOn()
    {
        _node.DeliverAll(_blocks);
        var restored = new ChainHarness(_world);
        foreach (HashedBlock block in (HashedBlock[])[_forge.Genesis, .. _blocks]) restored.Core.ReplayByExecution(block);

        Assert.That(restored.Snapshot, Is.EqualTo(_node.Snapshot));
        Assert.That(restored.Log, Is.Empty, "what is durable is not moved again");
        List<HashedBlock> better = _forge.Chain(_blocks[0], 3, OtherMiner);
        restored.DeliverAll(better);
        _node.DeliverAll(better);
        Assert.That(restored.Snapshot, Is.EqualTo(_node.Snapshot));
    }

    [Test]
    public void Restore_OfABlockThatDoesNotFollow_SaysWhich()
    {
        HashedBlock invalid = _forge.Next(_forge.Genesis, [_world.Pay(Carol, Bob, 1)]);

        Assert.That(
            () => _node.Core.ReplayByExecution(_blocks[1]),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(_blocks[1].Id.ToString()));
        Assert.That(
            () => _node.Core.ReplayByExecution(invalid),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("BalanceInsufficient"));
    }
}
