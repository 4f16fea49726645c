using Coniunctum.Consensus;
using Coniunctum.Crypto;

namespace Coniunctum.Testing;

/// <summary>Seals blocks with one key, when a test asks for them or, as it says, when transactions wait.</summary>
/// <param name="key">The authority's key.</param>
/// <param name="scheme">The profile's signature scheme.</param>
/// <param name="orders">Says when.</param>
internal sealed class DrivenProducer(PrivateKey key, ISignatureScheme scheme, MiningOrders orders) : IBlockProducer
{
    // Seals are numbered from 1 on.
    private static readonly JobId s_waiting = new(-1);

    private readonly Address _address = scheme.AddressOf(key.PublicKey);
    private JobId _seal;
    private ulong _height;
    private bool _hasTip;
    private bool _hasTransactions;
    private bool _isMaking;

    /// <inheritdoc/>
    public ProductionStatus Status =>
        _isMaking ? ProductionStatus.Making
        : orders.AutoMine ? ProductionStatus.WaitsForTransactions
        : new ProductionStatus(ProductionState.WaitsForOthers, "the test makes the next block");

    /// <inheritdoc/>
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        switch (input)
        {
            case NodeInput.Started:
                effects.Emit(new NodeEffect.StartJob(s_waiting, new Wait(orders)));
                break;
            case NodeInput.JobDone done when done.Job == s_waiting:
                if (done.Result is not Changed changed) break;
                Turn(isNew: false, effects);
                changed.Applied.TrySetResult();
                effects.Emit(new NodeEffect.StartJob(s_waiting, new Wait(orders)));
                break;
            case ProducerInput.TipChanged tip:
                (_hasTip, _height, _hasTransactions) = (true, tip.Tip.Height, tip.PoolCount > 0);
                Turn(isNew: true, effects);
                break;
            case ProducerInput.PoolFilled:
                _hasTransactions = true;
                Turn(isNew: false, effects);
                break;
            case ProducerInput.Prepared { Candidate: var candidate } when _isMaking:
                // What waited is gone, or not for this block.
                if (candidate.Transactions.Length == 1 && !orders.WantsEmpty(_height)) (_isMaking, _hasTransactions) = (false, false);
                else effects.Emit(new NodeEffect.StartJob(_seal = _seal.Next(), new Seal(candidate, key, scheme)));
                break;
            case NodeInput.JobDone { Result: JobResult.Sealed found } done when done.Job == _seal && _isMaking:
                effects.Emit(new ProducerEffect.Adopt(found.Block));
                break;
            case ProducerInput.Refused refused:
                (_isMaking, _hasTransactions) = (false, false);
                orders.Fail(refused.Verdict);
                break;
            default:
                break;
        }
    }

    private void Turn(bool isNew, IEffectSink<IProducerEffect> effects)
    {
        bool wants = _hasTip && orders.Wants(_height, _hasTransactions);
        bool begins = wants && (isNew || !_isMaking);
        // What was begun for another tip, or before a hold, is dropped.
        if (begins || !wants) _seal = _seal.Next();
        _isMaking = wants;
        if (begins) effects.Emit(new ProducerEffect.Prepare(_address));
    }

    private sealed record Changed(TaskCompletionSource Applied) : JobResult;

    private sealed class Wait(MiningOrders orders) : IProducerJob
    {
        public async Task<JobResult?> RunAsync(CancellationToken cancellation) => new Changed(await orders.NextAsync(cancellation).ConfigureAwait(false));
    }

    private sealed class Seal(BlockDraft candidate, PrivateKey key, ISignatureScheme scheme) : IProducerJob
    {
        public Task<JobResult?> RunAsync(CancellationToken cancellation)
        {
            BlockDraft draft = candidate.WithExtraNonce(0);
            byte[] seal = new byte[scheme.SignatureSize];
            scheme.Sign(key, draft.Format.Digest(draft.Header), seal);
            return Task.FromResult<JobResult?>(new JobResult.Sealed(draft.Seal(draft.Header.Nonce, seal)));
        }
    }
}
