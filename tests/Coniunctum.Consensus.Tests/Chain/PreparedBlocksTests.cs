using Coniunctum.Consensus.Tests.Support;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Names;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>What was executed as a candidate or as a proposal is not executed again when it is adopted, and nothing else passes for it.</summary>
[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class PreparedBlocksTests(IBlockFormat format)
{
    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    private ExecutionCounts Counts => ExecutionCounts.Of(_node.Core);

    [SetUp]
    public void CreateChain()
    {
        _world = new World(ProfileOf(format) with { Applications = format.Traits.HasExtendedHeader ? [new NameRegistry(), new CostlyApplication()] : [] });
        _forge = new Forge(_world);
        _node = new ChainHarness(_world);
    }

    [Test]
    public void Adopt_OfCandidates_LeavesWhatExecutingThemLeaves([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        var other = new ChainHarness(_world);
        int failedCalls = 0;
        for (int i = 0; i < 15; i++)
        {
            for (int count = random.Next(8); count > 0; count--) _node.Submit(Draw(random));
            BlockDraft[] drafts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => _node.Candidate(random.Next(2) == 0 ? Miner : OtherMiner))];
            HashedBlock block = Seal(drafts[random.Next(drafts.Length)], (ulong)random.Next(3));
            long before = Counts.Executions;
            Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
            Assert.That(Counts, Is.EqualTo(new ExecutionCounts(before, i + 1)), $"seed {seed}, block {i}");

            Assert.That(other.Deliver(block), Is.EqualTo(Verdict.Valid));
            Assert.That(_node.Snapshot, Is.EqualTo(other.Snapshot), $"seed {seed}, block {i}");
            ReadOnlyMemory<byte> undo = UndoOf(_node, block);
            Assert.That(undo.ToArray(), Is.EqualTo(UndoOf(other, block).ToArray()), $"seed {seed}, block {i}");
            StateDelta.Decode(undo, out StateDelta? delta);
            failedCalls += delta!.FailedCalls.Length;
        }

        TestContext.Out.WriteLine(Invariant($"{format}, seed {seed}: {failedCalls} failed calls, {Counts.Executions} candidates"));
        Assert.That(ExecutionCounts.Of(other.Core), Is.EqualTo(new ExecutionCounts(15, 0)));
        Assert.That(failedCalls, format.Traits.HasExtendedHeader ? Is.Positive : Is.Zero);

        // Both undo it as well.
        List<HashedBlock> better = _forge.Chain(_forge.Genesis, 16, Carol);
        _node.DeliverAll(better);
        other.DeliverAll(better);
        Assert.That(_node.Core.Tip.Id, Is.EqualTo(better[^1].Id));
        Assert.That(_node.Snapshot, Is.EqualTo(other.Snapshot), $"seed {seed}");
    }

    [Test]
    public void Candidate_OnTheSameTipFromTheSamePool_IsNotExecutedAgain_AndHasAnotherReward()
    {
        _node.Submit(_world.Pay(Alice, Bob, 5));
        BlockDraft[] drafts = [.. Enumerable.Range(0, 3).Select(_ => _node.Candidate())];
        Assert.That(drafts.Select(draft => draft.Transactions[0].Tag).Distinct().Count(), Is.EqualTo(3));
        Assert.That(drafts.Select(draft => draft.Transactions[1]), Is.All.SameAs(drafts[0].Transactions[1]));
        Assert.That(Counts.Executions, Is.EqualTo(1));

        _node.Candidate(OtherMiner);
        Assert.That(Counts.Executions, Is.EqualTo(2), "another receiver");
        _node.Candidate();
        Assert.That(Counts.Executions, Is.EqualTo(3), "the last one is looked at");
        _node.Submit(_world.Pay(Alice, Bob, 5));
        Assert.That(_node.Candidate().Transactions, Has.Length.EqualTo(3));
        Assert.That(Counts.Executions, Is.EqualTo(4), "a transaction more");

        HashedBlock block = Seal(drafts[1]);
        Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(block));
        _node.Candidate();
        BlockDraft last = _node.Candidate();
        Assert.That(last.Transactions, Has.Length.EqualTo(2));
        Assert.That(_node.Deliver(Seal(last)), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(2));
    }

    [Test]
    public void Reward_WhoseTagWasUsed_IsRefused_ThoughTheRestIsTheCandidates()
    {
        HashedBlock first = Seal(_node.Candidate());
        _node.Deliver(first);
        BlockDraft draft = _node.Candidate();
        Transaction reused = Changed(draft.Transactions[0], tag: first.Block.Transactions[0].Tag);
        HashedBlock block = Seal(draft with { Transactions = draft.Transactions.SetItem(0, reused) });
        _node.Deliver(block);
        // Where tags expire, the tag must name the height.
        Assert.That(_node.LastVerdict(block).Rule, Is.EqualTo(format.Traits.TagsExpire ? BlockRule.RewardMalformed : BlockRule.TagReused));
        Assert.That(_node.Deliver(Seal(draft)), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(2));
    }

    [Test]
    public void Candidate_ThatIsProposedToo_IsExecutedOnce()
    {
        _node.Submit(_world.Pay(Alice, Bob, 5));
        HashedBlock block = Seal(_node.Candidate());
        _node.Send(new ProducerEffect.Judge(block));
        Assert.That(Judged(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(block));
        Assert.That(Counts, Is.EqualTo(new ExecutionCounts(1, 1)));
    }

    [Test]
    public void Proposal_OfAnother_IsExecutedAndItsSignaturesVerifiedOnce_AlsoWhenACopyOfItIsAdopted([Values] bool isCopy)
    {
        HashedBlock block = _forge.Next(_forge.Genesis, [_world.Pay(Alice, Bob, 5)]);
        _node.Send(new ProducerEffect.Judge(block));
        Assert.That(Judged(block), Is.EqualTo(Verdict.Valid));
        if (isCopy)
        {
            HashedBlock.Decode(block.Encoded, format, _world.Profile.Limits, _world.ChainId, out HashedBlock? copy);
            block = copy!;
        }

        Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(block));
        Assert.That(Counts, Is.EqualTo(new ExecutionCounts(1, 1)));
        Assert.That(_node.Of<NodeEffect.VerifySignatures>().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Proposals_OfWhichTooManyAreJudged_AreExecutedAgain_TheOldest()
    {
        HashedBlock[] blocks = [.. ((Address[])[Miner, OtherMiner, Bob, Carol]).Select(miner => _forge.Next(_forge.Genesis, miner: miner))];
        foreach (HashedBlock block in blocks) _node.Send(new ProducerEffect.Judge(block));
        Assert.That(Counts.Executions, Is.EqualTo(4));
        _node.Send(new ProducerEffect.Judge(blocks[1]));
        Assert.That(Counts.Executions, Is.EqualTo(4));
        _node.Send(new ProducerEffect.Judge(blocks[0]));
        Assert.That(Counts.Executions, Is.EqualTo(5));
        Assert.That(blocks.Select(Judged), Is.All.EqualTo(Verdict.Valid));
    }

    [Test]
    public void Block_WithAnotherBodyThanTheCandidate_IsJudgedAsByANodeThatHasNone([Values] bool isJudged)
    {
        Transaction payment = _world.Pay(Alice, Bob, 5, format.Traits.HasFees ? 2UL : 0);
        BlockDraft draft = CandidateOf(payment);
        Transaction reward = draft.Transactions[0];
        Transaction[][] bodies =
        [
            [Changed(reward, receiver: OtherMiner), payment],
            [Changed(reward, amount: reward.Amount + 1), payment],
            [reward],
            [reward, payment, _world.Pay(Alice, Bob, 5)],
            [reward, Missign(payment)],
            [reward, _world.Sign(Changed(payment, amount: 6))],
            [reward, _world.Sign(Changed(payment, receiver: Carol))],
            [reward, Changed(payment, sender: Bob)],
            [reward, _world.Pay(Bob, Alice, 5)],
        ];
        List<BlockDraft> drafts = [.. bodies.Select(body => draft with { Transactions = [.. body] })];
        if (format.Traits.HasExtendedHeader)
        {
            drafts.Add(draft with { Header = draft.Header with { StateRoot = Sha3_256.Hash("another"u8) } });
            drafts.Add(draft with { Header = draft.Header with { HistoryRoot = Sha3_256.Hash("another"u8) } });
        }

        List<HashedBlock> blocks =
        [
            .. drafts.Select(changed => Seal(changed)),
            _forge.Next(_forge.Genesis, [payment], OtherMiner),
            _forge.Next(_forge.Genesis),
            _forge.Next(_forge.Genesis, [payment, _world.Pay(Alice, Bob, 5)]),
        ];
        int valid = 0;
        foreach (HashedBlock block in blocks)
        {
            CandidateOf(payment);
            var fresh = new ChainHarness(_world);
            foreach (ChainHarness node in (ChainHarness[])[_node, fresh])
            {
                if (isJudged) node.Send(new ProducerEffect.Judge(block));
                node.Deliver(block);
            }

            if (isJudged) Assert.That(Judged(block), Is.EqualTo(fresh.Of<ProducerInput.Judged>().Last().Verdict));
            Assert.That(_node.LastVerdict(block), Is.EqualTo(fresh.LastVerdict(block)));
            Assert.That(_node.Snapshot, Is.EqualTo(fresh.Snapshot));
            Assert.That(Counts.Reuses, Is.EqualTo(ExecutionCounts.Of(fresh.Core).Reuses), "the candidate is of no use");
            if (_node.Core.Tip.Id == block.Id) valid++;
        }

        Assert.That(valid, Is.InRange(3, blocks.Count - 3), "some are valid blocks, and some are not");
    }

    [Test]
    public void Branch_WithACandidatesBodyOnAnotherParent_IsExecuted()
    {
        List<HashedBlock> first = _forge.Chain(_forge.Genesis, 2, OtherMiner);
        _node.DeliverAll(first);
        HashedBlock candidate = Seal(_node.Candidate());
        HashedBlock fork = _forge.Next(_forge.Genesis, miner: Bob);
        var branch = new List<HashedBlock> { fork };
        for (int i = 0; i < 3; i++) branch.Add(_forge.Next(branch[^1], miner: Miner));
        // The third block of the branch has the candidate's height, and pays the same to the same.
        Assert.That(branch[2].Block.Transactions[0].Receiver, Is.EqualTo(candidate.Block.Transactions[0].Receiver));
        _node.DeliverAll(branch);

        var other = new ChainHarness(_world);
        other.DeliverAll(branch);
        Assert.That(_node.Core.Tip, Is.SameAs(branch[^1]));
        Assert.That(_node.Snapshot, Is.EqualTo(other.Snapshot));
        Assert.That(Counts.Reuses, Is.Zero);

        // The candidate of before is a side block now, and is executed once it wins.
        HashedBlock onCandidate = _forge.Next(first[1], miner: Miner);
        List<HashedBlock> again = [onCandidate, .. _forge.Chain(onCandidate, 2)];
        _node.DeliverAll(again);
        Assert.That(_node.Core.Tip, Is.SameAs(again[^1]));
        Assert.That(Counts.Reuses, Is.Zero);
    }

    [Test]
    public void Branch_OfSeveralBlocks_TakesOnlyTheFirstFromWhatWasPrepared()
    {
        HashedBlock first = _forge.Next(_forge.Genesis, [_world.Pay(Alice, Bob, 5)]);
        HashedBlock second = _forge.Next(first, [_world.Pay(Alice, Bob, 5)]);
        _node.Send(new ProducerEffect.Judge(first));
        foreach (HashedBlock block in (HashedBlock[])[first, second]) _node.StepOnce(new NodeInput.BlockArrived(block));
        _node.Settle();
        Assert.That(_node.Core.Tip, Is.SameAs(second));
        Assert.That(Counts, Is.EqualTo(new ExecutionCounts(2, 1)));
    }

    [Test]
    public void Proposal_OfBeforeARestart_IsExecutedAgain()
    {
        var store = new Ledger.Storage.MemoryChainStore();
        _node = new ChainHarness(_world, store: store);
        HashedBlock first = _forge.Next(_forge.Genesis);
        HashedBlock second = _forge.Next(first);
        _node.DeliverAll([first]);
        _node.Send(new ProducerEffect.Judge(second));
        ChainHarness restarted = _node.Restart(0);
        Assert.That(restarted.Deliver(second), Is.EqualTo(Verdict.Valid));
        Assert.That(restarted.Core.Tip, Is.SameAs(second));
        Assert.That(ExecutionCounts.Of(restarted.Core), Is.EqualTo(new ExecutionCounts(1, 0)));
    }

    /// <summary>Begins anew, with a candidate that holds a payment; the same each time.</summary>
    private BlockDraft CandidateOf(Transaction payment)
    {
        _node = new ChainHarness(_world);
        Assert.That(_node.Submit(payment).IsValid);
        return _node.Candidate().WithExtraNonce(0);
    }

    private Verdict Judged(HashedBlock block) => _node.Of<ProducerInput.Judged>().Last(judged => ReferenceEquals(judged.Block, block)).Verdict;

    private static ReadOnlyMemory<byte> UndoOf(ChainHarness node, HashedBlock block) =>
        node.Of<NodeEffect.Commit>().SelectMany(commit => commit.Batch.Connected).Single(stored => stored.Head.Id == block.Id).Undo;

    private HashedBlock Seal(BlockDraft draft, ulong extraNonce = 0) => Search(draft.WithExtraNonce(extraNonce).Seal(0, default));

    private HashedBlock Search(HashedBlock block) => _forge.Search(block.Block);

    private static Transaction Changed(Transaction transaction, Address? sender = null, Address? receiver = null, ulong? amount = null, TransactionTag? tag = null) => new()
    {
        Tag = tag ?? transaction.Tag,
        Sender = sender ?? transaction.Sender,
        Receiver = receiver ?? transaction.Receiver,
        Amount = amount ?? transaction.Amount,
        Fee = transaction.Fee,
        Payload = transaction.Payload,
        Signature = transaction.Signature,
    };

    private Transaction Draw(Random random)
    {
        Address[] owners = [Alice, Bob, Carol, Miner];
        Address sender = owners[random.Next(owners.Length)];
        ulong fee = format.Traits.HasFees ? (ulong)random.Next(4) : 0;
        if (!format.Traits.HasExtendedHeader || random.Next(3) > 0) return _world.Pay(sender, owners[random.Next(owners.Length)], (ulong)random.Next(1, 40), fee);
        (AppId application, byte[] data) = random.Next(4) == 0
            ? (CostlyApplication.Number, "yes"u8.ToArray())
            : (NameRegistry.Number, NameRegistry.Register($"name{(char)('a' + random.Next(3))}", (ulong)random.Next(1, 5)));
        return _world.Sign(new Transaction
        {
            Tag = _world.Tag(),
            Sender = sender,
            Receiver = sender,
            Amount = 0,
            Fee = fee,
            Payload = Call.EncodePayload(application, data),
        });
    }
}
