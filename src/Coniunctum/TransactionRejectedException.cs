using Coniunctum.Consensus.Pool;

namespace Coniunctum;

/// <summary>A transaction that a caller wanted confirmed was refused, or was dropped before it was confirmed.</summary>
/// <param name="admission">Which rule of the chain or of the pool it violates.</param>
public sealed class TransactionRejectedException(Admission admission) : Exception($"The transaction was not confirmed: {admission}.")
{
    /// <summary>Which rule of the chain or of the pool it violates.</summary>
    public Admission Admission { get; } = admission;
}
