using Coniunctum.Consensus;

namespace Coniunctum.Node.Dev;

/// <summary>
/// Lets a miner work only while it is switched on. The miner always mines; while it is switched off it learns nothing, its
/// search is cancelled, and what it still finds is dropped.
/// </summary>
/// <param name="miner">Mines on whatever tip it is given.</param>
/// <param name="control">Says when.</param>
internal sealed class SwitchedProducer(IBlockProducer miner, MiningSwitch control) : IBlockProducer, IEffectSink<IProducerEffect>
{
    // The miner numbers its jobs from 1 on.
    private static readonly JobId s_waiting = new(-1);

    private IEffectSink<IProducerEffect>? _effects;
    private ProducerInput.TipChanged? _tip;
    private JobId? _search;
    private bool _hasTransactions;
    private bool _isOn;

    /// <inheritdoc/>
    public ProductionStatus Status =>
        _isOn ? miner.Status
        : control.Mode == MiningMode.Auto ? ProductionStatus.WaitsForTransactions
        : new ProductionStatus(ProductionState.WaitsForOthers, "mining is manual: 'coniunctum mine' makes the next block");

    /// <inheritdoc/>
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        _effects = effects;
        switch (input)
        {
            case NodeInput.Started:
                effects.Emit(new NodeEffect.StartJob(s_waiting, new Wait(control)));
                miner.Step(input, now, this);
                break;
            case NodeInput.JobDone done when done.Job == s_waiting:
                if (done.Result is not Changed changed) break;
                Turn(isNewTip: false, now);
                changed.Applied.TrySetResult();
                effects.Emit(new NodeEffect.StartJob(s_waiting, new Wait(control)));
                break;
            case ProducerInput.TipChanged tip:
                (_tip, _hasTransactions) = (tip, tip.PoolCount > 0);
                Turn(isNewTip: true, now);
                break;
            case ProducerInput.PoolFilled when !_isOn:
                _hasTransactions = true;
                Turn(isNewTip: false, now);
                break;
            default:
                if (_isOn) miner.Step(input, now, this);
                break;
        }
    }

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect)
    {
        if (effect is NodeEffect.StartJob search) _search = search.Id;
        _effects!.Emit(effect);
    }

    private void Turn(bool isNewTip, NodeTime now)
    {
        if (_tip is null) return;
        bool isOn = control.IsOn(_tip.Tip.Header.Height, _hasTransactions);
        bool begins = isOn && (isNewTip || !_isOn);
        if (!isOn && _isOn && _search is { } search) _effects!.Emit(new NodeEffect.CancelJob(search));
        _isOn = isOn;
        if (begins) miner.Step(_tip, now, this);
    }

    private sealed record Changed(TaskCompletionSource Applied) : JobResult;

    private sealed class Wait(MiningSwitch control) : IProducerJob
    {
        public async Task<JobResult?> RunAsync(CancellationToken cancellation) => new Changed(await control.NextAsync(cancellation));
    }
}
