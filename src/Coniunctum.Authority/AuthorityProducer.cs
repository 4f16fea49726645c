using Coniunctum.Consensus;
using Coniunctum.Crypto;

namespace Coniunctum.Authority;

/// <summary>Makes and signs a block as soon as a transaction waits, one after another; makes none while nothing waits.</summary>
/// <param name="key">The authority's key; stays the caller's, who disposes it after the ledger.</param>
/// <param name="scheme">The profile's signature scheme.</param>
public sealed class AuthorityProducer(PrivateKey key, ISignatureScheme scheme) : IBlockProducer
{
    private const string RetryTimer = "retry";

    // What was refused may have passed by then: nothing else would wake this producer while the same transactions wait.
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly PrivateKey _key = key ?? throw new ArgumentNullException(nameof(key));
    private readonly ISignatureScheme _scheme = scheme ?? throw new ArgumentNullException(nameof(scheme));
    private readonly Address _address = scheme.AddressOf(key.PublicKey);
    private JobId _job;
    private bool _isBusy;

    /// <inheritdoc/>
    public ProductionStatus Status => _isBusy ? ProductionStatus.Making : ProductionStatus.WaitsForTransactions;

    /// <inheritdoc/>
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        switch (input)
        {
            case ProducerInput.TipChanged changed:
                _isBusy = changed.PoolCount > 0;
                if (_isBusy) effects.Emit(new ProducerEffect.Prepare(_address));
                break;
            case ProducerInput.Refused:
                _isBusy = false;
                effects.Emit(new NodeEffect.SetTimer(new TimerId(RetryTimer), now.Steady.Plus(s_retry)));
                break;
            case ProducerInput.PoolFilled or NodeInput.TimerFired { Timer.Name: RetryTimer } when !_isBusy:
                _isBusy = true;
                effects.Emit(new ProducerEffect.Prepare(_address));
                break;
            // With nothing but a reward it would make block after block.
            case ProducerInput.Prepared { Candidate.Transactions.Length: 1 }:
                _isBusy = false;
                break;
            case ProducerInput.Prepared prepared:
                effects.Emit(new NodeEffect.StartJob(_job = _job.Next(), new SealJob(prepared.Candidate, _key, _scheme)));
                break;
            case NodeInput.JobDone { Result: JobResult.Sealed found } done when done.Job == _job:
                effects.Emit(new ProducerEffect.Adopt(found.Block));
                break;
            default:
                break;
        }
    }
}
