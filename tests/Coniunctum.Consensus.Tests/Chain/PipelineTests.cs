using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>Signatures ahead of execution, execution ahead of commits, and how far ahead either may be.</summary>
public sealed class PipelineTests
{
    private World _world = null!;
    private Forge _forge = null!;

    [SetUp]
    public void CreateWorld()
    {
        _world = new World(StandardFormat.Instance);
        _forge = new Forge(_world);
    }

    [Test]
    public void Signatures_OfTheBlocksBehind_AreVerifiedMeanwhile()
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> blocks = PayingChain(5);
        Arrive(node, blocks);

        Assert.That(Asked(node), Is.EqualTo(5), "before the first was answered");
        Assert.That(node.Core.Tip.Id, Is.EqualTo(_forge.Genesis.Id));
        node.Settle();
        Assert.That(node.Core.Tip, Is.SameAs(blocks[^1]));
        Assert.That(Asked(node), Is.EqualTo(5), "and none was asked for twice");
        Assert.That(Committed(node), Is.EqualTo(blocks.Select(block => block.Id)));
        Assert.That(node.Of<NodeEffect.TipMoved>().Count(), Is.EqualTo(5), "what only adds to the tip joins block by block");
    }

    [Test]
    public void Signatures_AnsweredInAnyOrder_AreAdoptedInTheBlocks([Values(1, 2, 3, 4, 5)] int seed)
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> blocks = PayingChain(6);
        Arrive(node, blocks);
        NodeEffect.VerifySignatures[] asked = [.. node.Of<NodeEffect.VerifySignatures>()];
        new Random(seed).Shuffle(asked);
        foreach (NodeEffect.VerifySignatures verify in asked) node.StepOnce(Answer(verify));
        node.Drop<NodeEffect.VerifySignatures>();
        node.Settle();

        Assert.That(node.Core.Tip, Is.SameAs(blocks[^1]));
        Assert.That(Committed(node), Is.EqualTo(blocks.Select(block => block.Id)));
    }

    [TestCase(1L, 1)]
    [TestCase(2L, 2)]
    [TestCase(4L, 4)]
    public void Signatures_AreAskedForAsFarAheadAsIsAllowed_InBytes(long blocksAhead, int expected)
    {
        List<HashedBlock> blocks = PayingChain(6);
        long bytes = blocks.Max(block => block.Encoded.Length) * blocksAhead;
        var node = new ChainHarness(_world, limits: new ChainOptions { MaxAheadBytes = bytes });
        Arrive(node, blocks);
        Assert.That(Asked(node), Is.EqualTo(expected));

        int most = expected;
        while (node.AnswerOne() is not null)
            most = Math.Max(most, Asked(node) - (int)node.Core.Tip.Header.Height);

        Assert.That(most, Is.EqualTo(expected), "asked for, and not executed yet");
        Assert.That(node.Core.Tip, Is.SameAs(blocks[^1]));
    }

    [Test]
    public void Signature_ThatIsWrong_TakesItsBlockAndThoseBehind([Values(true, false)] bool isAnsweredFirst, [Values(1, 3, 5)] int wrong)
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> blocks = PayingChain(6, wrong);
        Arrive(node, blocks);
        NodeEffect.VerifySignatures[] asked = [.. node.Of<NodeEffect.VerifySignatures>()];
        if (isAnsweredFirst) Array.Reverse(asked);
        foreach (NodeEffect.VerifySignatures verify in asked) node.StepOnce(Answer(verify));
        node.Drop<NodeEffect.VerifySignatures>();
        node.Settle();

        Assert.That(node.Core.Tip, Is.SameAs(blocks[wrong - 1]));
        Assert.That(node.LastVerdict(blocks[wrong]).Rule, Is.EqualTo(BlockRule.SignatureInvalid));
        Assert.That(blocks.Skip(wrong).Select(block => node.Core.Find(block.Id)), Is.All.Null);
        HashedBlock next = _forge.Next(blocks[wrong - 1], miner: OtherMiner);
        Assert.That(node.Deliver(next), Is.EqualTo(Verdict.Valid));
        Assert.That(node.Core.Tip, Is.SameAs(next));
    }

    [Test]
    public void HeavierBranch_ThatArrivesMeanwhile_Wins([Range(0, 9)] int answersBefore)
    {
        var node = new ChainHarness(_world);
        List<HashedBlock> first = PayingChain(4);
        List<HashedBlock> better = _forge.Chain(_forge.Genesis, 6, OtherMiner);
        Arrive(node, first);
        for (int i = 0; i < answersBefore; i++) node.AnswerOne();
        Arrive(node, better);
        node.Settle();

        var fresh = new ChainHarness(_world);
        fresh.DeliverAll(better);
        Assert.That(node.Snapshot, Is.EqualTo(fresh.Snapshot));
        Assert.That(node.Core.BacklogBytes, Is.Zero);
    }

    [Test]
    public void Commits_ThatAreSlow_HoldTheMachineBack()
    {
        List<HashedBlock> blocks = _forge.Chain(_forge.Genesis, 5);
        var other = new ChainHarness(_world);
        other.Deliver(blocks[0]);
        var node = new ChainHarness(_world, limits: new ChainOptions { MaxUncommittedBytes = other.Of<NodeEffect.Commit>().Single().Batch.Size });
        foreach (HashedBlock block in blocks) node.StepOnce(new NodeInput.BlockArrived(block));

        // Two blocks are more than is allowed.
        Assert.That(node.Core.Tip, Is.SameAs(blocks[1]));
        Assert.That(node.Core.BacklogBytes, Is.GreaterThan(blocks[0].Encoded.Length * 4));
        node.StepOnce(new NodeInput.Continued());
        Assert.That(node.Core.Tip, Is.SameAs(blocks[1]), "asking does not help");
        node.Settle();
        Assert.That(node.Core.Tip, Is.SameAs(blocks[4]));
        Assert.That(node.Core.BacklogBytes, Is.Zero);
    }

    private static int Asked(ChainHarness node) => node.Of<NodeEffect.VerifySignatures>().Count();

    private static IEnumerable<BlockId> Committed(ChainHarness node) =>
        node.Of<NodeEffect.Commit>().SelectMany(commit => commit.Batch.Connected).Select(block => block.Head.Id);

    private static void Arrive(ChainHarness node, IEnumerable<HashedBlock> blocks)
    {
        foreach (HashedBlock block in blocks) node.StepOnce(new NodeInput.BlockArrived(block));
    }

    private NodeInput.SignaturesVerified Answer(NodeEffect.VerifySignatures verify) =>
        new(verify.Job, SignatureVerifier.Recover(_world.Profile.Signatures, verify.Claims.AsSpan()));

    private List<HashedBlock> PayingChain(int length, int wrong = -1)
    {
        var chain = new List<HashedBlock>();
        for (int i = 0; i < length; i++)
        {
            Transaction payment = _world.Pay(Alice, Bob, 1);
            chain.Add(_forge.Next(i == 0 ? _forge.Genesis : chain[^1], [i == wrong ? Missign(payment) : payment]));
        }

        return chain;
    }
}
