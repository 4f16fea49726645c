using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>A candidate is built when nothing else is under way, but is not put off for ever.</summary>
public sealed class CandidateRequestTests
{
    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    private IEnumerable<BlockDraft> Candidates => _node.Of<ProducerInput.Prepared>().Select(prepared => prepared.Candidate);

    [SetUp]
    public void CreateChain()
    {
        _world = new World(StandardFormat.Instance);
        _forge = new Forge(_world);
        _node = new ChainHarness(_world);
    }

    [Test]
    public void Request_IsAnsweredInAStepOfItsOwn_TheLatestOfThem()
    {
        _node.StepOnce(new ProducerEffect.Prepare(Miner));
        _node.StepOnce(new ProducerEffect.Prepare(OtherMiner));
        Assert.That(Candidates, Is.Empty);
        Assert.That(_node.Of<NodeEffect.Continue>().Count(), Is.EqualTo(1));
        _node.StepOnce(new NodeInput.Continued());
        Assert.That(Candidates.Single().Transactions[0].Receiver, Is.EqualTo(OtherMiner));
    }

    [Test]
    public void Request_WhileATipIsBeingWritten_WaitsUntilTheProducerHearsOfIt()
    {
        HashedBlock block = _forge.Next(_forge.Genesis);
        _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.StepOnce(new ProducerEffect.Prepare(Miner));
        _node.StepOnce(new NodeInput.Continued());
        Assert.That(Candidates, Is.Empty);
        _node.AnswerOne<NodeEffect.Commit>();
        Assert.That(_node.Of<ProducerInput.TipChanged>().Single().Tip.Id, Is.EqualTo(block.Id));
        _node.Settle();
        Assert.That(Candidates, Is.Empty, "the tip takes the answer's place: whose turn it is may have changed");

        _node.Send(new ProducerEffect.Prepare(Miner));
        Assert.That(Candidates.Single().Header.Previous, Is.EqualTo(block.Id));
    }

    [Test]
    public void Request_WhileABranchIsExecuted_WaitsForItsEnd()
    {
        List<HashedBlock> losing = _forge.Chain(_forge.Genesis, 2, OtherMiner);
        _node.DeliverAll(losing);
        foreach (HashedBlock block in _forge.Chain(_forge.Genesis, 5)) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.StepOnce(new ProducerEffect.Prepare(Miner));
        int steps = 0;
        while (_node.Core.Tip.Header.Height < 5)
        {
            Assert.That(_node.AnswerOne<NodeEffect.Continue>(), Is.Not.Null);
            steps++;
            Assert.That(Candidates, Is.Empty);
        }

        Assert.That(steps, Is.GreaterThan(3));
    }

    [Test]
    public void Request_AmongBlocksThatNeverEnd_IsAnsweredAllTheSame()
    {
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 100);
        int mostTips = 0, tips = 0;
        _node.StepOnce(new NodeInput.BlockArrived(blocks[0]));
        foreach (HashedBlock block in blocks.Skip(1))
        {
            // The next tip is always on its way when the one before is told, and the producer asks again each time.
            _node.StepOnce(new NodeInput.BlockArrived(block));
            int before = Candidates.Count();
            _node.StepOnce(new ProducerEffect.Prepare(Miner));
            while (_node.AnswerOne<NodeEffect.Continue>() is not null)
            {
                // What can wait has its turn.
            }

            tips = Candidates.Count() > before ? 0 : tips + 1;
            mostTips = Math.Max(mostTips, tips);
            _node.AnswerOne<NodeEffect.Commit>();
        }

        Assert.That(mostTips, Is.InRange(8, 16));
        Assert.That(Candidates.Count(), Is.GreaterThanOrEqualTo(5));
    }

    [Test]
    public void Request_OfAChainThatHasStopped_IsNotAnswered()
    {
        _node.StepOnce(new ProducerEffect.Prepare(Miner));
        _node.StepOnce(new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
        _node.StepOnce(new NodeInput.Continued());
        Assert.That(Candidates, Is.Empty);
    }
}
