using System.Buffers.Binary;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// A whole node without I/O: the chain, the producer and the peer machine, joined. What users run is this with threads and a store
/// around it; what the simulator runs is this with virtual ones.
/// </summary>
/// <typeparam name="TChain">The chain machine.</typeparam>
/// <remarks>May change in any release.</remarks>
public sealed class NodeCore<TChain>
    where TChain : class, IChainMachine
{
    // Whose the producer's timers are, beside the node's own.
    private const string ProducerScope = "producer";

    // Whose the peer machine's timers are.
    private const string PeerScope = "peers";

    private readonly IBlockProducer? _producer;
    private readonly IPeerMachine? _peers;
    private readonly Queue<IProducerEffect> _producerEffects = new();
    private readonly Queue<IPeerEffect> _peerEffects = new();
    private readonly Queue<CommitOwner> _commits = new();
    private readonly Dictionary<TimerId, SteadyTime> _producerTimers = [];
    private readonly DeferredBlocks _deferred = new();
    private readonly ChainSink _chainSink;
    private readonly ProducerSink _producerSink;
    private readonly PeerSink _peerSink;
    private readonly MessageValidator _messages;
    private readonly Hash256 _extraNonces;
    private IEffectSink<NodeEffect>? _effects;
    private NodeTime _now;
    private bool _isPersisting;
    private bool _isHalted;
    private long _candidateRequests;
    private HashedBlock? _ownBlock;
    private ProductionStatus? _refusal;

    /// <summary>Joins the machines of a node.</summary>
    /// <param name="chain">What decides which block is next.</param>
    /// <param name="producer">What makes blocks here, or <c>null</c> for a node that only follows.</param>
    /// <param name="entropy">Where the extra nonces of candidates come from: 32 bytes are drawn, once.</param>
    /// <param name="peers">What speaks with other nodes, or <c>null</c> where the caller does.</param>
    /// <exception cref="ArgumentException">The rule's topics are impossible; the message says why.</exception>
    public NodeCore(TChain chain, IBlockProducer? producer, IEntropySource entropy, IPeerMachine? peers = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(entropy);
        Span<byte> seed = stackalloc byte[Hash256.Size];
        entropy.Fill(seed);
        _extraNonces = new Hash256(seed);
        (Chain, _producer, _peers) = (chain, producer, peers);
        (_chainSink, _producerSink, _peerSink) = (new ChainSink(this), new ProducerSink(this), new PeerSink(this));
        _messages = new MessageValidator(chain.Topics, producer is not null, TakeMessageEffect, StepProducer);
    }

    private enum CommitOwner
    {
        Unknown = 0,
        Chain,
        Producer,
    }

    /// <summary>The chain, to read.</summary>
    public TChain Chain { get; }

    /// <summary>Whether a block is being made here, and what it takes where none is. What was refused on this tip comes before the producer's own word.</summary>
    public ProductionStatus Production =>
        _isHalted ? new ProductionStatus(ProductionState.Halted, "the ledger has stopped")
        : _producer is null ? ProductionStatus.NoProducer
        : _refusal ?? _producer.Status;

    /// <summary>Takes one input and emits what is to happen.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">What the node's clocks show.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    public void Step(NodeInput input, NodeTime now, IEffectSink<NodeEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        if (_isHalted) return;
        (_now, _effects) = (now, effects);
        Take(input);
        while (!_isHalted && TryRunNext())
        {
            // Until producer and peers want nothing more.
        }

        _effects = null;
    }

    private void Take(NodeInput input)
    {
        switch (input)
        {
            case NodeInput.Started started:
                if (Chain.HaltReason is null) StepProducer(started with { ReadRecord = key => ProducerRecords.Read(started.ReadRecord, key) });
                StepChain(started);
                StepPeers(started);
                break;
            case NodeInput.BlockArrived arrived:
                StepChain(arrived);
                break;
            case NodeInput.TimerFired fired when fired.Timer == DeferredBlocks.Timer:
                foreach (NodeInput.BlockArrived due in _deferred.TakeDue(_now.Wall)) StepChain(due);
                LookForDeferred();
                break;
            case NodeInput.TimerFired fired:
                TakeTimer(fired.Timer);
                break;
            case NodeInput.MessageArrived message:
                _messages.Take(message);
                break;
            case NodeInput.SignaturesVerified verified when MessageSignatures.Owns(verified):
                _messages.TakeAnswers(verified);
                break;
            case NodeInput.Committed committed:
                TakeCommitted(committed);
                break;
            case NodeInput.Failed failed:
                StepChain(failed);
                _isHalted = true;
                break;
            case IChainInput forChain:
                StepChain(forChain);
                break;
            case IProducerInput forProducer:
                StepProducer(forProducer);
                break;
            case IPeerInput forPeers:
                StepPeers(forPeers);
                break;
            default:
                throw new InvalidOperationException($"No machine takes {input.GetType()}.");
        }
    }

    private void StepChain(IChainInput input) => Chain.Step(input, _now.Wall, _chainSink);

    private void StepProducer(IProducerInput input) => _producer?.Step(input, _now, _producerSink);

    private void StepPeers(IPeerInput input) => _peers?.Step(input, _now, _peerSink);

    /// <summary>
    /// Whether a timer that has run out was set for a later time meanwhile: the move waited behind a record, or the news in the queue
    /// of inputs. It runs out again then; a producer would take this for the time that it waits for now.
    /// </summary>
    private bool IsMoved(TimerId timer) => _producerTimers.TryGetValue(timer, out SteadyTime due) && _now.Steady < due;

    private void TakeTimer(TimerId timer)
    {
        if (timer.TryLeave(ProducerScope, out TimerId producers))
        {
            if (!IsMoved(producers)) StepProducer(new NodeInput.TimerFired(producers));
        }
        else if (timer.TryLeave(PeerScope, out TimerId peers))
        {
            StepPeers(new NodeInput.TimerFired(peers));
        }
    }

    private void TakeCommitted(NodeInput.Committed committed)
    {
        if (!_commits.TryDequeue(out CommitOwner owner)) throw new InvalidOperationException("No commit waits for an answer.");
        if (owner == CommitOwner.Producer)
            _isPersisting = false;
        else
            StepChain(committed);
    }

    private void Commit(CommitOwner owner, NodeEffect.Commit commit)
    {
        _commits.Enqueue(owner);
        _effects!.Emit(commit);
    }

    /// <summary>Runs the next effect of the producer, which waits behind a record that is not durable yet, or else of the peers.</summary>
    private bool TryRunNext()
    {
        if (!_isPersisting && _producerEffects.TryDequeue(out IProducerEffect? wanted))
            Run(wanted);
        else if (_peerEffects.TryDequeue(out IPeerEffect? heard))
            Run(heard);
        else
            return false;
        return true;
    }

    private void Run(IProducerEffect effect)
    {
        switch (effect)
        {
            case ProducerEffect.Prepare prepare:
                StepChain(prepare with { ExtraNonce = ExtraNonceOf(++_candidateRequests) });
                break;
            case ProducerEffect.Judge judge:
                StepChain(judge);
                break;
            case ProducerEffect.Persist persist:
                _isPersisting = true;
                Commit(CommitOwner.Producer, new NodeEffect.Commit(new StoreBatch { Records = [new StoreBatch.Record(ProducerRecords.NameOf(persist.Key), persist.Value)] }));
                break;
            case ProducerEffect.Adopt adopt:
                _ownBlock = adopt.Block;
                StepChain(new NodeInput.BlockArrived(adopt.Block));
                break;
            case NodeEffect.SetTimer set:
                _effects!.Emit(set with { Timer = set.Timer.Within(ProducerScope) });
                break;
            case NodeEffect.Send send:
                _messages.TakeSent(send);
                TakeMessageEffect(send);
                break;
            case NodeEffect outside:
                _effects!.Emit(outside);
                break;
            default:
                throw new InvalidOperationException($"No machine takes {effect.GetType()} of a producer.");
        }
    }

    private void Run(IPeerEffect effect)
    {
        switch (effect)
        {
            case NodeInput arrived:
                Take(arrived);
                break;
            case NodeEffect.SetTimer set:
                _effects!.Emit(set with { Timer = set.Timer.Within(PeerScope) });
                break;
            case NodeEffect outside:
                _effects!.Emit(outside);
                break;
            default:
                throw new InvalidOperationException($"No machine takes {effect.GetType()} of the peers.");
        }
    }

    /// <summary>What is said and judged of messages is the peer machine's, or the caller's where there is none.</summary>
    private void TakeMessageEffect(NodeEffect effect)
    {
        if (_peers is not null && effect is IPeerInput forPeers)
            StepPeers(forPeers);
        else
            _effects!.Emit(effect);
    }

    private void TakeChainEffect(IChainEffect effect)
    {
        if (effect is NodeEffect.Commit commit)
            Commit(CommitOwner.Chain, commit);
        else if (effect is NodeEffect outside && (_peers is null || effect is not NodeEffect.FetchBlock))
            _effects!.Emit(outside);
        if (effect is IPeerInput forPeers) StepPeers(forPeers);
        switch (effect)
        {
            case NodeEffect.BlockJudged judged:
                TakeVerdict(judged.Block, judged.From, judged.Verdict);
                break;
            case NodeEffect.BlockSettled settled:
                TakeVerdict(settled.Block, settled.From, settled.Verdict);
                break;
            case NodeEffect.TransactionMoved moved:
                TakePooled(moved);
                break;
            case NodeEffect.TipMoved moved:
                _refusal = null;
                if (moved.Connected is [.., var newest]) _effects!.Emit(new NodeEffect.AnnounceBlock(newest));
                break;
            case NodeEffect.Halted:
                _isHalted = true;
                break;
            case ProducerInput.Refused refused:
                Refuse(refused);
                break;
            case ProducerInput.TipChanged changed:
                StepProducer(changed);
                _messages.MoveTo(changed.Tip, changed.State);
                break;
            case ProducerInput.Prepared prepared:
                _refusal = null;
                StepProducer(prepared);
                break;
            case IProducerInput forProducer:
                StepProducer(forProducer);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// What is newly ready is for producer and peers. The producer hears of what a new tip made ready by the tip; peers had what
    /// comes from a block or from an earlier run.
    /// </summary>
    private void TakePooled(NodeEffect.TransactionMoved moved)
    {
        if (moved.To != PoolStatus.Ready) return;
        if (moved.From is PoolStatus.Outside or PoolStatus.Waiting) _effects!.Emit(new NodeEffect.AnnounceTransaction(moved.Transaction));
        if (moved.From is PoolStatus.Outside or PoolStatus.Saved) StepProducer(new ProducerInput.PoolFilled());
    }

    private void TakeVerdict(HashedBlock block, PeerId from, Verdict verdict)
    {
        if (verdict.Kind == VerdictKind.Deferred && _deferred.TryKeep(new NodeInput.BlockArrived(block, from), verdict.Until))
            LookForDeferred();
        if (verdict.Kind == VerdictKind.MissingParent && !from.IsOwn)
            TakeChainEffect(new NodeEffect.FetchBlock(block.Header.Previous, block, from));
        if (!verdict.IsValid && ReferenceEquals(block, _ownBlock))
            Refuse(new ProducerInput.Refused(block.Header.Height, block, verdict));
    }

    private void LookForDeferred()
    {
        if (_deferred.NextDue is { } due) _effects!.Emit(new NodeEffect.SetTimer(DeferredBlocks.Timer, _now.NextLookFor(due)));
    }

    private void Refuse(ProducerInput.Refused refused)
    {
        _refusal = ProductionStatus.Of(refused.Height, refused.Verdict);
        StepProducer(refused);
    }

    /// <summary>What others cannot know beforehand, and what differs from candidate to candidate: a hash of what was drawn.</summary>
    private Hash256 ExtraNonceOf(long request)
    {
        Span<byte> preimage = stackalloc byte[Hash256.Size + sizeof(long)];
        _extraNonces.CopyTo(preimage);
        BinaryPrimitives.WriteInt64BigEndian(preimage[Hash256.Size..], request);
        return Sha3_256.Hash(preimage);
    }

    private sealed class ChainSink(NodeCore<TChain> node) : IEffectSink<IChainEffect>
    {
        public void Emit(IChainEffect effect) => node.TakeChainEffect(effect);
    }

    private sealed class ProducerSink(NodeCore<TChain> node) : IEffectSink<IProducerEffect>
    {
        public void Emit(IProducerEffect effect)
        {
            // From now on, also where the effect itself waits behind a record.
            if (effect is NodeEffect.SetTimer set) node._producerTimers[set.Timer] = set.At;
            node._producerEffects.Enqueue(effect);
        }
    }

    private sealed class PeerSink(NodeCore<TChain> node) : IEffectSink<IPeerEffect>
    {
        public void Emit(IPeerEffect effect) => node._peerEffects.Enqueue(effect);
    }
}
