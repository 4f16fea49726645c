namespace Coniunctum.Consensus;

/// <summary>Work of a producer that takes long: searching a proof, signing, decoding or checking what others sent. Runs on a thread of its own.</summary>
public interface IProducerJob
{
    /// <summary>Does the work.</summary>
    /// <param name="cancellation">Ends the job early; it then returns <c>null</c>.</param>
    /// <returns>What was found, or <c>null</c> for nothing.</returns>
    JobResult? Run(CancellationToken cancellation);
}
