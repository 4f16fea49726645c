using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// A whole node without I/O: the chain and the producer, joined. What users run is this with threads and a store around it;
/// what the simulator runs is this with virtual ones.
/// </summary>
public sealed class NodeCore
{
    private readonly ChainCore _chain;
    private readonly IBlockProducer? _producer;
    private readonly Queue<ProducerEffect> _producerEffects = new();
    private readonly Queue<CommitOwner> _commits = new();
    private readonly DeferredBlocks _deferred = new();
    private readonly ChainSink _chainSink;
    private readonly ProducerSink _producerSink;
    private readonly Hash256 _extraNonces;
    private IEffectSink<NodeEffect>? _effects;
    private NodeInput.BlockArrived? _arriving;
    private Timestamp _now;
    private bool _isPersisting;
    private bool _isHalted;
    private long _candidateRequests;
    private HashedBlock? _ownBlock;
    private ProductionStatus? _refusal;

    /// <summary>Starts a node that has nothing but its genesis block, or whose chain begins at a block of its store.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="pool">How much the pool keeps.</param>
    /// <param name="producer">What makes blocks here, or <c>null</c> for a node that only follows.</param>
    /// <param name="entropy">Where the extra nonces of candidates come from: 32 bytes are drawn, once.</param>
    /// <param name="options">How much of the chain stays in memory; <c>null</c> for the defaults.</param>
    /// <param name="store">Where blocks are read that have left memory; without it none leaves.</param>
    /// <param name="origin">Where the chain begins; <c>null</c> for genesis.</param>
    public NodeCore(
        ChainProfile profile, PoolOptions pool, IBlockProducer? producer, IEntropySource entropy, ChainOptions? options = null, IChainReader? store = null, ChainOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(entropy);
        Span<byte> seed = stackalloc byte[Hash256.Size];
        entropy.Fill(seed);
        _extraNonces = new Hash256(seed);
        _chain = new ChainCore(profile, pool, options, store, origin);
        _producer = producer;
        _chainSink = new ChainSink(this);
        _producerSink = new ProducerSink(this);
    }

    private enum CommitOwner
    {
        Unknown = 0,
        Chain,
        Producer,
    }

    /// <summary>The chain, to read.</summary>
    public ChainCore Chain => _chain;

    /// <summary>Whether a block is being made here, and what it takes where none is. What was refused on this tip comes before the producer's own word.</summary>
    public ProductionStatus Production =>
        _isHalted ? new ProductionStatus(ProductionState.Halted, "the ledger has stopped")
        : _producer is null ? ProductionStatus.NoProducer
        : _refusal ?? _producer.Status;

    /// <summary>Takes a block of one's own store, before <see cref="NodeInput.Started"/>, in the order of the best chain: executes it.</summary>
    /// <param name="block">The block.</param>
    /// <exception cref="InvalidDataException">The block does not follow: the store is damaged, or belongs to another chain.</exception>
    public void Restore(HashedBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        _chain.Step(new ChainInput.ReplayByExecution(block), default, _chainSink);
    }

    /// <summary>Takes blocks of one's own store, before <see cref="NodeInput.Started"/>, in the order of the best chain: by what they changed.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <exception cref="InvalidDataException">A block does not follow: the store is damaged.</exception>
    public void Resume(ImmutableArray<ReplayedBlock> blocks) => _chain.Step(new ChainInput.ReplayByDelta(blocks), default, _chainSink);

    /// <summary>Takes one input and emits what is to happen.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">The node's time.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    public void Step(NodeInput input, Timestamp now, IEffectSink<NodeEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        if (_isHalted) return;
        _effects = effects;
        _now = now;
        switch (input)
        {
            case NodeInput.Started when _chain.HaltReason is { } reason:
                // What stopped an earlier run stops this one too.
                TakeChainEffect(new ChainEffect.Halted(reason));
                break;
            case NodeInput.Started started:
                StepProducer(new ProducerInput.Restored(_chain.Genesis.Id, started.ReadRecord));
                NotifyProducerOfTip(_chain.Tip, _chain.TipState);
                break;
            case NodeInput.BlockArrived arrived:
                _arriving = arrived;
                StepChain(new ChainInput.BlockArrived(arrived.Block));
                _arriving = null;
                break;
            case NodeInput.TransactionArrived arrived:
                StepChain(new ChainInput.TransactionArrived(arrived.Ticket, arrived.Transaction, arrived.MayWait));
                break;
            case NodeInput.PoolRestored restored:
                StepChain(new ChainInput.PoolRestored(restored.Transactions));
                break;
            case NodeInput.RevertRequested requested:
                StepChain(new ChainInput.RevertRequested(requested.Ticket, requested.Block));
                break;
            case NodeInput.MessageArrived message:
                StepProducer(new ProducerInput.Message(message.Topic, message.From, message.Content));
                break;
            case NodeInput.TimerFired { Timer: DeferredBlocks.Timer }:
                foreach (HashedBlock block in _deferred.TakeDue(now)) StepChain(new ChainInput.BlockArrived(block));
                if (_deferred.NextDue is { } due) effects.Emit(new NodeEffect.SetTimer(DeferredBlocks.Timer, due));
                break;
            case NodeInput.TimerFired fired:
                StepProducer(new ProducerInput.TimerFired(fired.Timer));
                break;
            case NodeInput.JobDone done:
                StepProducer(new ProducerInput.JobDone(done.Job, done.Result));
                break;
            case NodeInput.SignaturesVerified verified:
                StepChain(new ChainInput.SignaturesVerified(verified.Job, verified.Answers));
                break;
            case NodeInput.Committed:
                TakeCommitted();
                break;
            case NodeInput.Failed failed:
                StepChain(new ChainInput.Failed(failed.Reason));
                _isHalted = true;
                break;
            case NodeInput.Continued:
                StepChain(new ChainInput.Continued());
                break;
            default:
                break;
        }

        if (!_isHalted) RunProducerEffects();
        _effects = null;
    }

    private void StepChain(ChainInput input) => _chain.Step(input, _now, _chainSink);

    private void StepProducer(ProducerInput input) => _producer?.Step(input, _now, _producerSink);

    /// <summary>Tells of a tip that is durable: the chain's own may be a commit ahead.</summary>
    private void NotifyProducerOfTip(HashedBlock tip, RuleState state) =>
        StepProducer(new ProducerInput.TipChanged(HeaderView.Of(tip), state, _chain.PoolCount));

    private void TakeCommitted()
    {
        if (!_commits.TryDequeue(out CommitOwner owner)) throw new InvalidOperationException("No commit waits for an answer.");
        if (owner == CommitOwner.Producer)
            _isPersisting = false;
        else
            StepChain(new ChainInput.Committed());
    }

    private void Commit(CommitOwner owner, StoreBatch batch)
    {
        _commits.Enqueue(owner);
        _effects!.Emit(new NodeEffect.Commit(batch));
    }

    /// <summary>Runs the producer's effects in order; behind a record that is not durable yet they wait.</summary>
    private void RunProducerEffects()
    {
        while (!_isPersisting && _producerEffects.TryDequeue(out ProducerEffect? effect))
        {
            switch (effect)
            {
                case ProducerEffect.Prepare prepare:
                    StepChain(new ChainInput.CandidateRequested(++_candidateRequests, prepare.Receiver, ExtraNonceOf(_candidateRequests)));
                    break;
                case ProducerEffect.Judge judge:
                    StepChain(new ChainInput.ProposalArrived(judge.Block));
                    break;
                case ProducerEffect.StartJob start:
                    _effects!.Emit(new NodeEffect.StartJob(start.Id, start.Work));
                    break;
                case ProducerEffect.CancelJob cancel:
                    _effects!.Emit(new NodeEffect.CancelJob(cancel.Id));
                    break;
                case ProducerEffect.SetTimer timer:
                    _effects!.Emit(new NodeEffect.SetTimer(timer.Timer, timer.At));
                    break;
                case ProducerEffect.Send send:
                    _effects!.Emit(new NodeEffect.Send(send.Topic, send.Content));
                    break;
                case ProducerEffect.Persist persist:
                    _isPersisting = true;
                    Commit(CommitOwner.Producer, new StoreBatch { Records = [new StoreBatch.Record(persist.Key, persist.Value)] });
                    break;
                case ProducerEffect.Adopt adopt:
                    _ownBlock = adopt.Block;
                    StepChain(new ChainInput.BlockArrived(adopt.Block));
                    break;
                default:
                    break;
            }
        }
    }

    private void TakeChainEffect(ChainEffect effect)
    {
        switch (effect)
        {
            case ChainEffect.VerifySignatures verify:
                _effects!.Emit(new NodeEffect.VerifySignatures(verify.Job, verify.Claims));
                break;
            case ChainEffect.Commit commit:
                Commit(CommitOwner.Chain, commit.Batch);
                break;
            case ChainEffect.Continue:
                _effects!.Emit(new NodeEffect.Continue());
                break;
            case ChainEffect.BlockJudged judged:
                TakeVerdict(judged);
                break;
            case ChainEffect.TransactionJudged judged:
                _effects!.Emit(new NodeEffect.TransactionJudged(judged.Ticket, judged.Transaction, judged.Admission));
                break;
            case ChainEffect.TransactionMoved moved:
                TakePooled(moved);
                break;
            case ChainEffect.TransactionDropped dropped:
                _effects!.Emit(new NodeEffect.TransactionDropped(dropped.Transaction, dropped.Admission, dropped.ReplacedBy));
                break;
            case ChainEffect.CandidateReady ready when ready.Request == _candidateRequests:
                _refusal = null;
                StepProducer(new ProducerInput.Prepared(ready.Candidate));
                break;
            case ChainEffect.CandidateRefused refused when refused.Request == _candidateRequests:
                _refusal = ProductionStatus.Of(refused.Height, refused.Verdict);
                StepProducer(new ProducerInput.Refused(null, refused.Verdict));
                break;
            case ChainEffect.ProposalJudged judged:
                StepProducer(new ProducerInput.Judged(judged.Block, judged.Verdict));
                break;
            case ChainEffect.TipMoved moved:
                _effects!.Emit(new NodeEffect.TipMoved(moved.Disconnected, moved.Connected, moved.Tip, moved.FinalHeight, moved.Ticket));
                _refusal = null;
                if (moved.Connected is [.., var newest]) _effects.Emit(new NodeEffect.AnnounceBlock(newest));
                NotifyProducerOfTip(moved.Tip, moved.State);
                break;
            case ChainEffect.RevertRefused refused:
                _effects!.Emit(new NodeEffect.RevertRefused(refused.Ticket, refused.Reason));
                break;
            case ChainEffect.BranchRefused refused:
                _effects!.Emit(new NodeEffect.BranchRefused(refused.Tip, refused.Weight, refused.ForkHeight, refused.Limit));
                break;
            case ChainEffect.UnknownRulesetNoted noted:
                _effects!.Emit(new NodeEffect.UnknownRulesetNoted(noted.Noted));
                break;
            case ChainEffect.Halted halted:
                _effects!.Emit(new NodeEffect.Halted(halted.Reason));
                _isHalted = true;
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// What is newly ready is for producer and peers. The producer hears of what a new tip made ready by the tip; peers had what
    /// comes from a block or from an earlier run.
    /// </summary>
    private void TakePooled(ChainEffect.TransactionMoved moved)
    {
        _effects!.Emit(new NodeEffect.TransactionMoved(moved.Transaction, moved.From, moved.To, moved.Admission));
        if (moved.To != PoolStatus.Ready) return;
        if (moved.From is PoolStatus.Outside or PoolStatus.Waiting) _effects.Emit(new NodeEffect.AnnounceTransaction(moved.Transaction));
        if (moved.From is PoolStatus.Outside or PoolStatus.Saved) StepProducer(new ProducerInput.PoolFilled());
    }

    private void TakeVerdict(ChainEffect.BlockJudged judged)
    {
        _effects!.Emit(new NodeEffect.BlockJudged(judged.Block, judged.Verdict));
        if (judged.Verdict.Kind == VerdictKind.Deferred && _deferred.TryKeep(judged.Block, judged.Verdict.Until))
            _effects.Emit(new NodeEffect.SetTimer(DeferredBlocks.Timer, _deferred.NextDue!.Value));
        if (judged.Verdict.Kind == VerdictKind.MissingParent && _arriving?.From is { } from)
            _effects.Emit(new NodeEffect.FetchBlock(judged.Block.Header.Previous, judged.Block, from));
        if (judged.Verdict.IsValid || !ReferenceEquals(judged.Block, _ownBlock)) return;
        _refusal = ProductionStatus.Of(judged.Block.Header.Height, judged.Verdict);
        StepProducer(new ProducerInput.Refused(judged.Block, judged.Verdict));
    }

    /// <summary>What others cannot know beforehand, and what differs from candidate to candidate: a hash of what was drawn.</summary>
    private Hash256 ExtraNonceOf(long request)
    {
        Span<byte> preimage = stackalloc byte[Hash256.Size + sizeof(long)];
        _extraNonces.CopyTo(preimage);
        BinaryPrimitives.WriteInt64BigEndian(preimage[Hash256.Size..], request);
        return Sha3_256.Hash(preimage);
    }

    private sealed class ChainSink(NodeCore node) : IEffectSink<ChainEffect>
    {
        public void Emit(ChainEffect effect) => node.TakeChainEffect(effect);
    }

    private sealed class ProducerSink(NodeCore node) : IEffectSink<ProducerEffect>
    {
        public void Emit(ProducerEffect effect) => node._producerEffects.Enqueue(effect);
    }
}
