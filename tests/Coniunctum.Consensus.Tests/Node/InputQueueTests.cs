using Coniunctum.Consensus.Node;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Node;

public sealed class InputQueueTests
{
    // The limits, written out once more.
    private const int MostPasses = 16;
    private const int MostMessages = 4_096;
    private const int MostBlocks = 1_024;
    private const int MostTransactions = 8_192;

    private static readonly PeerId s_peer = new(7);
    private static readonly HashedBlock s_block = Ledger.Execution.GenesisBlock.Create(World.ProfileOf(StandardFormat.Instance)).Block;

    private static readonly Transaction s_payment = new() { Tag = default, Sender = World.Alice, Receiver = World.Alice, Amount = 1, Signature = new byte[65] };

    [Test]
    public void TryTake_AmongFloodsOfEverything_TakesAnswersFirst_ThenTimersAndVotes()
    {
        var queue = new InputQueue();
        for (int i = 0; i < 5_000; i++) queue.TryAdd(Transaction(i, PeerOf(i)));
        for (int i = 0; i < 1_000; i++) queue.TryAdd(new NodeInput.BlockArrived(s_block, PeerOf(i)));
        NodeInput vote = new NodeInput.MessageArrived("vote", s_peer, new byte[100]), timer = new NodeInput.TimerFired(new TimerId("timer"));
        NodeInput[] answers =
        [
            new NodeInput.Started(default, _ => null), new NodeInput.PoolRestored([]), new NodeInput.Committed(), new NodeInput.SignaturesVerified(new JobId(1), []),
            new NodeInput.JobDone(new JobId(1), null), new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "")),
        ];
        queue.TryAdd(vote);
        queue.TryAdd(timer);
        foreach (NodeInput answer in answers) queue.TryAdd(answer);

        Assert.That(Enumerable.Range(0, answers.Length + 2).Select(_ => Take(queue)), Is.EqualTo(answers.Append(vote).Append(timer)));
        Assert.That(queue.Count, Is.EqualTo(6_000));
    }

    [Test]
    public void TryTake_WithinAKind_KeepsTheOrder_AlsoOfWorkAndReverts()
    {
        var queue = new InputQueue();
        NodeInput[] inputs =
        [
            new NodeInput.BlockArrived(s_block), new NodeInput.Continued(), new NodeInput.BlockArrived(s_block, s_peer), new NodeInput.RevertRequested(1, default), new NodeInput.BlockArrived(s_block),
        ];
        foreach (NodeInput input in inputs) queue.TryAdd(input);
        foreach (NodeInput input in inputs) Assert.That(Take(queue), Is.SameAs(input));
        Assert.That(queue.TryTake(out NodeInput? none), Is.False);
        Assert.That(none, Is.Null);
    }

    [Test]
    public void TryTake_WhileMoreUrgentOnesKeepComing_LetsNoKindWaitForEver()
    {
        var queue = new InputQueue();
        NodeInput[] late = [new NodeInput.MessageArrived("vote", s_peer, default), new NodeInput.BlockArrived(s_block, s_peer), Transaction(1, s_peer)];
        foreach (NodeInput input in late) queue.TryAdd(input);
        var taken = new List<NodeInput>();
        for (int i = 0; i < 3 * (MostPasses + 1); i++)
        {
            queue.TryAdd(new NodeInput.Committed());
            taken.Add(Take(queue));
        }

        Assert.That(late.Select(input => taken.IndexOf(input)), Is.EqualTo(new[] { MostPasses, MostPasses + 1, MostPasses + 2 }), "one after the other, and none before its share");
        Assert.That(taken.Count(input => input is NodeInput.Committed), Is.EqualTo(taken.Count - 3));
    }

    [Test]
    public void TryAdd_OfPeers_IsBoundedByNumber_AndOwnOnesByNothing()
    {
        var queue = new InputQueue();
        (int Most, Func<PeerId, NodeInput> Make)[] kinds =
        [
            (MostMessages, peer => new NodeInput.MessageArrived("", peer, default)),
            (MostBlocks, peer => new NodeInput.BlockArrived(s_block, peer)),
            (MostTransactions, peer => Transaction(1, peer)),
        ];
        foreach ((int most, Func<PeerId, NodeInput> make) in kinds)
        {
            Assert.That(Enumerable.Range(0, most).All(i => queue.TryAdd(make(PeerOf(i)))), Is.True);
            Assert.That(queue.TryAdd(make(PeerOf(0))), Is.False, "busy");
            Assert.That(queue.TryAdd(make(new PeerId(100))), Is.True, "one that has nothing here");
            Assert.That(queue.TryAdd(make(new PeerId(100))), Is.False, "now it has");
            Assert.That(queue.TryAdd(make(default)), Is.True, "who waited before");
        }

        Assert.That(queue.TryAdd(new NodeInput.TimerFired(new TimerId("timer"))), Is.True);
        Assert.That(queue.TryAdd(new NodeInput.Continued()), Is.True);
        int blocks = 0;
        while (queue.TryTake(out NodeInput? input)) blocks += input is NodeInput.BlockArrived ? 1 : 0;
        Assert.That(blocks, Is.EqualTo(MostBlocks + 2), "nothing was lost");
        Assert.That(queue.TryAdd(new NodeInput.BlockArrived(s_block, s_peer)), Is.True, "there is room again");
    }

    [Test]
    public void TryAdd_OfPeers_IsBoundedByBytes()
    {
        var queue = new InputQueue();
        NodeInput[] large = [.. Enumerable.Range(0, 20).Select(i => new NodeInput.MessageArrived("proposal", PeerOf(i), new byte[1 << 20]))];
        for (int i = 0; i < 16; i++) Assert.That(queue.TryAdd(large[i]), Is.True, Invariant($"{i} MiB are below 16"));
        Assert.That(queue.TryAdd(large[16]), Is.False);
        Assert.That(queue.TryAdd(new NodeInput.MessageArrived("vote", PeerOf(0), default)), Is.False);
        Assert.That(queue.TryAdd(new NodeInput.BlockArrived(s_block, PeerOf(0))), Is.True, "another kind's room");
        Take(queue);
        Assert.That(queue.TryAdd(large[17]), Is.True);
        queue.Clear();
        Assert.That(queue.Count, Is.Zero);
        Assert.That(queue.TryAdd(large[16]), Is.True);
    }

    [Test]
    public void TryAdd_OfOnePeer_IsBoundedByAnEighth_AndKeepsNoOtherOut()
    {
        var queue = new InputQueue();
        int taken = 0;
        while (queue.TryAdd(new NodeInput.MessageArrived("", s_peer, default))) taken++;
        Assert.That(taken, Is.EqualTo(MostMessages / 8));
        Assert.That(queue.TryAdd(new NodeInput.MessageArrived("vote", new PeerId(2), default)), Is.True);

        int blocks = 0;
        while (queue.TryAdd(new Frame(3 << 20))) blocks++;
        Assert.That(blocks, Is.Zero, "it has more than its part already");
        queue.Clear();
        Assert.That(queue.TryAdd(new Frame(3 << 20)), Is.True, "one of any size, where it has nothing here");
        Assert.That(queue.TryAdd(new Frame(1)), Is.False);
    }

    [Test]
    public void KindOf_KnowsEveryInput()
    {
        Type[] known =
        [
            typeof(NodeInput.Started), typeof(NodeInput.PoolRestored), typeof(NodeInput.Committed), typeof(NodeInput.SignaturesVerified), typeof(NodeInput.JobDone), typeof(NodeInput.Failed),
            typeof(NodeInput.TimerFired), typeof(NodeInput.MessageArrived), typeof(NodeInput.FromNetwork), typeof(NodeInput.BlockArrived), typeof(NodeInput.HeaderArrived), typeof(NodeInput.Continued), typeof(NodeInput.RevertRequested),
            typeof(NodeInput.TransactionArrived),
        ];
        Assert.That(typeof(NodeInput).GetNestedTypes(), Is.EquivalentTo(known), "a new input belongs to a kind");
        Assert.That(InputQueue.KindOf(new Frame(1)), Is.EqualTo(InputKind.Message));
    }

    private static NodeInput Transaction(long ticket, PeerId from) => new NodeInput.TransactionArrived(
        ticket, new HashedTransaction(s_payment, default, default, 200), MayWait: false, from);

    private static NodeInput Take(InputQueue queue)
    {
        Assert.That(queue.TryTake(out NodeInput? input), Is.True);
        return input!;
    }

    private static PeerId PeerOf(int number) => new(1 + (number % 16));

    private sealed record Frame(int Bytes) : NodeInput.FromNetwork
    {
        public override PeerId From => s_peer;

        public override int Size => Bytes;
    }
}
