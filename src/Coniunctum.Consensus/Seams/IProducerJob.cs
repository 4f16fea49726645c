using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>Work of a producer that takes long: searching a proof, or signing. Runs on threads of its own.</summary>
public interface IProducerJob
{
    /// <summary>Seals a block.</summary>
    /// <param name="tools">What the job may use.</param>
    /// <param name="cancellation">Ends the job early; it then returns <c>null</c>.</param>
    HashedBlock? Run(IJobTools tools, CancellationToken cancellation);
}
