namespace Coniunctum.Consensus;

/// <summary>
/// When to make a block and how to seal it: a state machine, one instance a ledger. Its effects run in order, and those that
/// follow a <see cref="ProducerEffect.Persist"/> wait until it is durable.
/// </summary>
public interface IBlockProducer
{
    /// <summary>
    /// What is being done or waited for since the last step: what an owner is told who asks why no block comes
    /// (<c>LedgerView.Status</c>). Read between steps, never during one. By default unknown.
    /// </summary>
    ProductionStatus Status => ProductionStatus.Unknown;

    /// <summary>Takes one input and emits what is to happen.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">What the node's clocks show.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects);
}
