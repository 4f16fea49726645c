using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class ReorganizationTests(IBlockFormat format)
{
    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateChain()
    {
        // Long enough that nothing expires in the longest branch.
        _world = new World(ProfileOf(format) with { TagWindow = 1_000, RewardMaturity = format.Traits.TagsExpire ? 3UL : 0 });
        _forge = new Forge(_world);
        _node = new ChainHarness(_world);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    [TestCase(33)]
    [TestCase(100)]
    public void HeavierBranch_AtAnyDepth_RestoresStateExactlyAndReturnsTransactions(int depth)
    {
        List<HashedBlock> trunk = _forge.Chain(_forge.Genesis, 3);
        var losing = new List<HashedBlock>();
        var returning = new List<Transaction>();
        HashedBlock tip = trunk[^1];
        for (int i = 0; i < depth; i++)
        {
            Transaction payment = _world.Pay(i % 3 == 0 ? Bob : Alice, Carol, 1 + (ulong)(i % 5));
            returning.Add(payment);
            losing.Add(tip = _forge.Next(tip, [payment]));
        }

        List<HashedBlock> winning = _forge.Chain(trunk[^1], depth + 1, OtherMiner);
        var fresh = new ChainHarness(_world);
        fresh.DeliverAll([.. trunk, .. winning]);

        _node.DeliverAll([.. trunk, .. losing]);
        int before = _node.Log.Count;
        _node.DeliverAll(winning);

        Assert.That(_node.Snapshot, Is.EqualTo(fresh.Snapshot));
        Assert.That(returning.Select(_world.IdOf), Has.All.Matches<TransactionId>(_node.Core.IsPooled));
        Assert.That(_node.Core.PoolCount, Is.EqualTo(depth));
        Assert.That(_node.Of<NodeEffect.TransactionDropped>(), Is.Empty);

        IChainEffect[] since = [.. _node.Log.Skip(before)];
        Assert.That(since.OfType<NodeEffect.Commit>().Count(), Is.EqualTo(1), "the tip moves once");
        NodeEffect.TipMoved moved = since.OfType<NodeEffect.TipMoved>().Single();
        Assert.That(moved.Disconnected, Is.EqualTo(Enumerable.Reverse(losing)));
        Assert.That(moved.Connected, Is.EqualTo(winning));
        Assert.That(since.OfType<NodeEffect.Commit>().Single().Batch.Connected.Select(block => block.Head.Id), Is.EqualTo(winning.Select(block => block.Id)));

        // What came back is confirmed by the next block, and the two chains still agree.
        HashedBlock next = _forge.Next(winning[^1], returning);
        Assert.That(_node.Deliver(next), Is.EqualTo(Verdict.Valid));
        Assert.That(fresh.Deliver(next), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Snapshot, Is.EqualTo(fresh.Snapshot));
        Assert.That(_node.Core.Tip, Is.SameAs(next));
        Assert.That(_node.Core.PoolCount, Is.Zero);
    }

    [Test]
    public void EveryDepthUpToOneHundred_BackAndForth_EndsWhereAFreshChainDoes()
    {
        // Two branches outgrow each other in turn, by one block more each time.
        HashedBlock a = _forge.Genesis;
        HashedBlock b = _forge.Genesis;
        var blocks = new List<HashedBlock>();
        for (int depth = 1; depth <= 14; depth++)
        {
            bool isFirst = depth % 2 == 1;
            ref HashedBlock behind = ref (isFirst ? ref a : ref b);
            HashedBlock ahead = isFirst ? b : a;
            while (behind.Header.Height <= ahead.Header.Height + (ulong)depth - 1)
            {
                behind = _forge.Next(behind, [_world.Pay(Alice, Carol, 1, validUntil: 900)], isFirst ? Miner : OtherMiner);
                blocks.Add(behind);
            }

            _node.DeliverAll(blocks);
            blocks.Clear();
            Assert.That(_node.Core.Tip, Is.SameAs(behind));
        }

        var fresh = new ChainHarness(_world);
        fresh.DeliverAll(BranchOf(_node.Core));
        Assert.That(_node.Snapshot, Is.EqualTo(fresh.Snapshot));
        Assert.That(_node.Core.Tip.Header.Height, Is.GreaterThan(100));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    [TestCase(6)]
    public void HeavierBranch_WhoseKthBlockIsInvalid_LeavesTipAndStateAndRemovesTheSubtree(int k)
    {
        List<HashedBlock> honest = _forge.Chain(_forge.Genesis, 5);
        _node.DeliverAll(honest);
        Transaction pooled = _world.Pay(Alice, Bob, 5);
        _node.Submit(pooled);
        string before = _node.Snapshot;
        int events = _node.Log.Count;

        var branch = new List<HashedBlock>();
        HashedBlock tip = _forge.Genesis;
        for (int i = 1; i <= 8; i++)
        {
            branch.Add(tip = i == k
                ? _forge.Next(tip, [_world.Pay(Carol, Bob, 1_000_000)], OtherMiner)
                : _forge.Next(tip, miner: OtherMiner));
        }

        foreach (HashedBlock block in branch) _node.Deliver(block);

        Assert.That(_node.Snapshot, Is.EqualTo(before));
        Assert.That(_node.Log.Skip(events).OfType<NodeEffect.Commit>(), Is.Empty);
        Assert.That(_node.Core.PoolCount, Is.EqualTo(1));
        for (int i = 1; i < k; i++) Assert.That(_node.Core.Find(branch[i - 1].Id), Is.Not.Null);
        for (int i = k; i <= 8; i++) Assert.That(_node.Core.Find(branch[i - 1].Id), Is.Null);
        Assert.That(
            _node.LastVerdict(branch[k - 1]),
            Is.EqualTo(Verdict.Invalid(BlockRule.BalanceInsufficient, 0UL, 1_000_000UL).At(1)));

        // It is remembered, and so is what built on it.
        Assert.That(_node.Deliver(branch[k - 1]), Is.EqualTo(_node.LastVerdict(branch[k - 1])));
        Assert.That(_node.Deliver(branch[k]).Rule, Is.EqualTo(BlockRule.ParentInvalid));
        Assert.That(_node.Deliver(_forge.Next(honest[^1])), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(6));
    }

    [Test]
    public void HeavierButInvalid_NextBestWins()
    {
        List<HashedBlock> shortest = _forge.Chain(_forge.Genesis, 2);
        List<HashedBlock> sound = _forge.Chain(_forge.Genesis, 4, OtherMiner);
        HashedBlock rotten = _forge.Next(sound[2], [_world.Pay(Carol, Bob, 1_000_000)]);
        HashedBlock onRotten = _forge.Next(rotten);

        _node.DeliverAll(shortest);
        // All arrive before the first piece of work on the branch is done.
        foreach (HashedBlock block in (HashedBlock[])[.. sound, rotten, onRotten]) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.Settle();

        Assert.That(_node.Core.Tip, Is.SameAs(sound[3]));
        Assert.That(_node.LastVerdict(rotten).Rule, Is.EqualTo(BlockRule.BalanceInsufficient));
        Assert.That(_node.LastVerdict(onRotten).Rule, Is.EqualTo(BlockRule.ParentInvalid));
    }

    [Test]
    public void EqualWeight_FirstSeenStays()
    {
        HashedBlock first = _forge.Next(_forge.Genesis);
        HashedBlock second = _forge.Next(_forge.Genesis, miner: OtherMiner);

        _node.DeliverAll([first, second]);

        Assert.That(_node.Core.Tip, Is.SameAs(first));
        Assert.That(_node.Core.Find(second.Id), Is.SameAs(second));
        Assert.That(_node.Of<NodeEffect.TipMoved>().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Reorganization_WhileAnotherIsUnderWay_EndsAtTheHeaviest([Range(0, 12)] int answersBetween)
    {
        List<HashedBlock> old = _forge.Chain(_forge.Genesis, 4);
        List<HashedBlock> better = _forge.Chain(_forge.Genesis, 5, OtherMiner);
        List<HashedBlock> best = _forge.Chain(old[1], 5, OtherMiner);
        _node.DeliverAll(old);

        foreach (HashedBlock block in better) _node.StepOnce(new NodeInput.BlockArrived(block));
        for (int i = 0; i < answersBetween; i++) _node.AnswerOne();
        foreach (HashedBlock block in best) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.Settle();

        var fresh = new ChainHarness(_world);
        fresh.DeliverAll([old[0], old[1], .. best]);
        Assert.That(_node.Snapshot, Is.EqualTo(fresh.Snapshot));
        AssertThatMovesAreWithoutGaps(_node);
    }

    [Test]
    public void Continue_IsNeverAskedForTwiceAtOnce()
    {
        List<HashedBlock> old = _forge.Chain(_forge.Genesis, 4);
        HashedBlock rotten = _forge.Next(old[3], [_world.Pay(Carol, Bob, 1_000_000)]);
        _node.DeliverAll(old);
        int open = 0;
        int before = _node.Log.Count;
        foreach (HashedBlock block in (HashedBlock[])[rotten, .. _forge.Chain(_forge.Genesis, 8, OtherMiner)])
            _node.StepOnce(new NodeInput.BlockArrived(block));

        int most = 0;
        do
        {
            open += _node.Log.Skip(before).Count(effect => effect is NodeEffect.Continue);
            most = Math.Max(most, open);
            before = _node.Log.Count;
            IChainEffect? answered = _node.AnswerOne();
            if (answered is NodeEffect.Continue) open--;
            if (answered is null) break;
        }
        while (true);

        Assert.That(most, Is.EqualTo(1));
        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(8));
    }

    [Test]
    public void SmallTree_InEveryOrder_GivesTheSameTipAndState()
    {
        // Genesis ← a1 ← a2 ← a3 and a1 ← b2, b2 ← b3 ← b4 with b3 invalid; the heaviest valid end is a3.
        HashedBlock a1 = _forge.Next(_forge.Genesis, [_world.Pay(Alice, Carol, 7)]);
        HashedBlock a2 = _forge.Next(a1, [_world.Pay(Carol, Bob, 3)]);
        HashedBlock a3 = _forge.Next(a2);
        HashedBlock b2 = _forge.Next(a1, miner: OtherMiner);
        HashedBlock b3 = _forge.Next(b2, [_world.Pay(Carol, Bob, 100)], OtherMiner);
        HashedBlock b4 = _forge.Next(b3, miner: OtherMiner);
        HashedBlock[] tree = [a1, a2, a3, b2, b3, b4];
        var fresh = new ChainHarness(_world);
        fresh.DeliverAll([a1, a2, a3]);

        int orders = 0;
        foreach (HashedBlock[] order in Permutations(tree))
        {
            var node = new ChainHarness(_world);
            var waiting = new List<HashedBlock>(order);
            while (waiting.Count > 0)
            {
                int left = waiting.RemoveAll(block => node.Deliver(block).Kind != VerdictKind.MissingParent);
                Assert.That(left, Is.GreaterThan(0), "every round accepts or refuses something");
            }

            orders++;
            Assert.That(node.Snapshot, Is.EqualTo(fresh.Snapshot));
            AssertThatMovesAreWithoutGaps(node);
        }

        Assert.That(orders, Is.EqualTo(720));
    }

    [Test]
    public void Disconnected_TransactionsThatCannotReturn_WaitOrAreDroppedWithTheReason()
    {
        // Carol's money is in the pool again, so she has to wait for it; Bob pays with the same tag on both branches.
        TransactionTag tag = _world.Tag();
        Transaction fund = _world.Pay(Alice, Carol, 10);
        Transaction spend = _world.Pay(Carol, Bob, 10);
        Transaction bobs = _world.Pay(Bob, Carol, 1, tag: tag);
        HashedBlock lost = _forge.Next(_forge.Genesis, [fund]);
        HashedBlock lost2 = _forge.Next(lost, [spend, bobs]);
        HashedBlock won = _forge.Next(_forge.Genesis, [_world.Pay(Bob, Alice, 2, tag: tag)], OtherMiner);
        List<HashedBlock> rest = _forge.Chain(won, 2, OtherMiner);

        _node.DeliverAll([lost, lost2, won, .. rest]);

        Assert.That(_node.Core.IsPooled(_world.IdOf(fund)), Is.True);
        Assert.That(_node.Core.PlaceOf(_world.IdOf(spend)), Is.EqualTo(PoolStatus.Waiting));
        NodeEffect.TransactionDropped drop = _node.Of<NodeEffect.TransactionDropped>().Single();
        Assert.That((drop.Transaction.Id, drop.Admission.Verdict.Rule, drop.Admission.Rule), Is.EqualTo((_world.IdOf(bobs), BlockRule.TagReused, PoolRule.Conflicting)));
        Assert.That(drop.ReplacedBy, Is.EqualTo(won.Transactions[1].Id));

        // The block that pays Carol again makes hers ready again.
        Assert.That(_node.Deliver(_forge.Next(rest[^1], [fund])), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.IsPooled(_world.IdOf(spend)), Is.True);
        Assert.That(_node.Core.PoolCount, Is.EqualTo(1));
    }

    [Test]
    public void Disconnected_TransactionsComeBeforeWhatCameLater()
    {
        // After the reorganization Bob can pay one of the two: the one that was confirmed came first.
        Transaction fund = _world.Pay(Alice, Bob, 100);
        Transaction confirmed = _world.Pay(Bob, Carol, 500);
        HashedBlock lost = _forge.Next(_forge.Genesis, [fund]);
        HashedBlock lost2 = _forge.Next(lost, [confirmed]);
        _node.DeliverAll([lost, lost2]);
        Transaction later = _world.Pay(Bob, Carol, 100);
        Assert.That(_node.Submit(later).IsValid);

        _node.DeliverAll(_forge.Chain(_forge.Genesis, 3, OtherMiner));

        Assert.That(_node.Core.IsPooled(_world.IdOf(confirmed)), Is.True);
        Assert.That(_node.Core.IsPooled(_world.IdOf(fund)), Is.True);
        Assert.That(_node.Core.PlaceOf(_world.IdOf(later)), Is.EqualTo(PoolStatus.Waiting));
        Assert.That(_node.Of<NodeEffect.TransactionDropped>(), Is.Empty);
    }

    [Test]
    public void Reward_ThatIsLockedAgain_NoLongerFundsWhatIsPooled()
    {
        // The miner owns the same on both branches; on the winning one it is a newer reward, which has to mature.
        HashedBlock early = _forge.Next(_forge.Genesis, miner: Miner);
        HashedBlock late = _forge.Chain(_forge.Genesis, 3, OtherMiner)[^1];
        _node.DeliverAll([early, .. _forge.Chain(early, 3, OtherMiner)]);
        Transaction spend = _world.Pay(Miner, Carol, 50);
        Assert.That(_node.Submit(spend).IsValid);

        HashedBlock rewarded = _forge.Next(late, miner: Miner);
        _node.DeliverAll([.. _forge.ChainTo(late), rewarded, _forge.Next(rewarded, miner: OtherMiner)]);

        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(5));
        Assert.That(_node.Core.State.BalanceOf(Miner), Is.EqualTo(50));
        Assert.That(_node.Core.IsPooled(_world.IdOf(spend)), Is.EqualTo(_world.Profile.RewardMaturity == 0));
    }

    private static IEnumerable<HashedBlock> BranchOf(ChainCore core)
    {
        for (ulong height = 1; core.BlockAt(height) is { } block; height++) yield return block;
    }

    /// <summary>Replays what was reported: each move starts where the last one ended.</summary>
    private static void AssertThatMovesAreWithoutGaps(ChainHarness node)
    {
        var chain = new List<BlockId> { node.Core.Genesis.Id };
        foreach (NodeEffect.TipMoved moved in node.Of<NodeEffect.TipMoved>())
        {
            foreach (HashedBlock block in moved.Disconnected)
            {
                Assert.That(chain[^1], Is.EqualTo(block.Id));
                chain.RemoveAt(chain.Count - 1);
            }

            foreach (HashedBlock block in moved.Connected)
            {
                Assert.That(chain[^1], Is.EqualTo(block.Header.Previous));
                chain.Add(block.Id);
            }
        }

        Assert.That(chain[^1], Is.EqualTo(node.Core.Tip.Id));
    }

    private static IEnumerable<T[]> Permutations<T>(T[] items)
    {
        if (items.Length == 0) return [[]];
        return items.SelectMany((item, index) =>
            Permutations<T>([.. items[..index], .. items[(index + 1)..]]).Select(rest => (T[])[item, .. rest]));
    }
}
