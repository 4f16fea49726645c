using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.TestKit.Chains;

/// <summary>Drives a <see cref="ChainCore"/> on one thread: every effect that wants an answer is answered in order, unless held.</summary>
internal sealed class ChainHarness : IEffectSink<IChainEffect>
{
    // Of those that a restarted node takes together: more than one, and not all.
    private const int BlocksAGroup = 3;

    private readonly List<IChainEffect> _open = [];
    private readonly World _world;
    private long _tickets;
    private long _candidates;

    private readonly PoolOptions _pool;
    private readonly ChainOptions? _limits;

    public ChainHarness(
        World world, PoolOptions? options = null, ChainOptions? limits = null, MemoryChainStore? store = null, ChainOrigin? origin = null)
    {
        _world = world;
        _pool = options ?? new PoolOptions();
        _limits = limits;
        Store = store;
        Core = new ChainCore(world.Profile, _pool, limits, store, origin);
        if (store is { Tip: null }) store.Commit(new StoreBatch { Connected = [StoredGenesis()] });
        Now = new Timestamp(1_000_000_000);
    }

    public ChainCore Core { get; }

    /// <summary>Where commits go when they are answered; <c>null</c> for nowhere.</summary>
    public MemoryChainStore? Store { get; }

    public Timestamp Now { get; set; }

    /// <summary>Everything that was emitted, in order.</summary>
    public List<IChainEffect> Log { get; } = [];

    /// <summary>The effects of a kind, in order.</summary>
    public IEnumerable<T> Of<T>()
        where T : IChainEffect => Log.OfType<T>();

    /// <summary>What an owner has, for comparisons: every part of the state that can be seen.</summary>
    public string Snapshot
    {
        get
        {
            var state = (LedgerState)Core.State;
            IEnumerable<string> accounts = state.Accounts.OrderBy(account => account.Key)
                .Select(account => $"{account.Key.Value} {account.Value} {state.LockedOf(account.Key)}");
            return $"{Core.Tip.Id} {state.Height} {state.Supply} {state.StateRoot} {state.HistoryRoot} {Core.ChainWeight}\n{string.Join('\n', accounts)}";
        }
    }

    /// <summary>A new node on the same store, whose chain begins at a height: its state is made of what undoes the blocks below.</summary>
    public ChainHarness Restart(ulong height, bool executes = true)
    {
        var state = new LedgerState(_world.Profile.Format.Traits, default);
        state.Apply(GenesisBlock.Create(_world.Profile).Delta);
        for (ulong i = 1; i <= height; i++) state.Apply(DeltaOf(Store!.IdAt(i)!.Value));
        return Restart(state, Store!.FindHead(Store.IdAt(height)!.Value)!, executes);
    }

    /// <summary>A new node on the same store, from its newest checkpoint; <c>null</c> when there is none.</summary>
    public ChainHarness? RestartAtCheckpoint(bool executes)
    {
        if (Store!.Checkpoint is not { } checkpoint) return null;
        StoredHead head = Store.FindHead(checkpoint.Id)!;
        CheckpointOutcome outcome = StateCheckpoint.Read(
            Store.ReadCheckpoint(), _world.Profile.Format.Traits, HeaderOf(head).StateRoot, out LedgerState? state);
        Assert.That(state, Is.Not.Null, () => $"{outcome}");
        for (; Store.IdAt(head.Height) != head.Id; head = Store.FindHead(HeaderOf(head).Previous)!) state!.Apply(DeltaOf(head.Id).Reverse());
        return Restart(state!, head, executes);
    }

    /// <summary>Takes one input and answers everything that follows.</summary>
    public void Send(IChainInput input)
    {
        StepOnce(input);
        Settle();
    }

    /// <summary>Takes one input and leaves what follows open.</summary>
    public void StepOnce(IChainInput input) => Core.Step(input, Now, this);

    /// <summary>Answers the oldest open effect; returns it, or <c>null</c> when none is open.</summary>
    public IChainEffect? AnswerOne() => AnswerOne<IChainEffect>();

    /// <summary>Answers the oldest open effect of a kind; returns it, or <c>null</c> when none is open.</summary>
    public IChainEffect? AnswerOne<T>()
        where T : IChainEffect
    {
        int index = _open.FindIndex(open => open is T);
        if (index < 0) return null;
        IChainEffect effect = _open[index];
        _open.RemoveAt(index);
        if (effect is NodeEffect.Commit commit) Store?.Commit(commit.Batch);
        StepOnce(effect switch
        {
            NodeEffect.VerifySignatures verify =>
                new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(_world.Profile.Signatures, verify.Claims.AsSpan())),
            NodeEffect.Commit => new NodeInput.Committed(),
            _ => new NodeInput.Continued(),
        });
        return effect;
    }

    /// <summary>Leaves open effects of a kind to the caller, who has answered them.</summary>
    public void Drop<T>()
        where T : IChainEffect => _open.RemoveAll(effect => effect is T);

    public void Settle()
    {
        while (AnswerOne() is not null)
        {
            // Until nothing is open.
        }
    }

    /// <summary>Delivers a block and settles; returns what was concluded before it was executed: of itself at once, or of its witnesses.</summary>
    public Verdict Deliver(HashedBlock block, PeerId from = default)
    {
        int start = Log.Count;
        Send(new NodeInput.BlockArrived(block, from));
        IEnumerable<IChainEffect> since = Log.Skip(start);
        NodeEffect.BlockJudged first = since.OfType<NodeEffect.BlockJudged>().First(judged => ReferenceEquals(judged.Block, block));
        Verdict last = since.OfType<NodeEffect.BlockSettled>().FirstOrDefault(settled => ReferenceEquals(settled.Block, block))?.Verdict ?? first.Verdict;
        bool isOfWitnesses = last is { Rule: BlockRule.SealInvalid or BlockRule.CertificateInvalid } or { Kind: VerdictKind.Deferred or VerdictKind.MissingParent };
        return isOfWitnesses || Core.IsOfUnknownRuleset(block.Id) ? last : first.Verdict;
    }

    /// <summary>The last verdict on a block: what execution concluded, if it came to that.</summary>
    public Verdict LastVerdict(HashedBlock block) =>
        Of<NodeEffect.BlockSettled>().LastOrDefault(settled => ReferenceEquals(settled.Block, block))?.Verdict
            ?? Of<NodeEffect.BlockJudged>().Last(judged => ReferenceEquals(judged.Block, block)).Verdict;

    public void DeliverAll(IEnumerable<HashedBlock> blocks)
    {
        foreach (HashedBlock block in blocks) Assert.That(Deliver(block), Is.EqualTo(Verdict.Valid));
    }

    public Admission Submit(Transaction transaction, bool mayWait = false)
    {
        long ticket = ++_tickets;
        Send(new NodeInput.TransactionArrived(ticket, _world.Hash(transaction), mayWait));
        return Of<NodeEffect.TransactionJudged>().Last(judged => judged.Ticket == ticket).Admission;
    }

    public BlockDraft Candidate(Address? miner = null)
    {
        // A tip that is told meanwhile would take the answer's place.
        Settle();
        Send(new ProducerEffect.Prepare(miner ?? World.Miner) { ExtraNonce = Sha3_256.Hash(BitConverter.GetBytes(++_candidates)) });
        return Of<ProducerInput.Prepared>().Last().Candidate;
    }

    private ChainHarness Restart(LedgerState state, StoredHead head, bool executes)
    {
        var node = new ChainHarness(_world, _pool, _limits, Store, new ChainOrigin(Core.Genesis, state, head)) { Now = Now };
        var ids = new List<BlockId>();
        while (Store!.IdAt(head.Height + (ulong)ids.Count + 1) is { } id) ids.Add(id);
        foreach (BlockId[] group in ids.Chunk(executes ? 1 : BlocksAGroup))
        {
            if (executes)
                node.Core.ReplayByExecution(BodyCodec.Read(Store.ReadBlock(group[0])!.Value, group[0], _world.Profile, _world.ChainId));
            else
                node.Core.ReplayByDelta([.. group.Select(id => new ReplayedBlock(Store.FindHead(id)!, DeltaOf(id), Store.ReadUndo(id)!.Value.Length))]);
        }

        Assert.That(node.Core.HasStateOfTip);
        return node;
    }

    private BlockHeader HeaderOf(StoredHead head) => HeadCodec.Read(head, _world.Profile.Format, _world.Profile.Limits).Header;

    private StateDelta DeltaOf(BlockId id)
    {
        StateDelta.Decode(Store!.ReadUndo(id)!.Value, out StateDelta? delta);
        return delta!;
    }

    private StoredBlock StoredGenesis() =>
        new(HeadCodec.Write(Core.Genesis, _world.Profile.Format, Core.TipState.Encode(), Work.Zero), Core.Genesis.Encoded, default);

    void IEffectSink<IChainEffect>.Emit(IChainEffect effect)
    {
        Log.Add(effect);
        if (effect is NodeEffect.VerifySignatures or NodeEffect.Commit or NodeEffect.Continue) _open.Add(effect);
    }
}
