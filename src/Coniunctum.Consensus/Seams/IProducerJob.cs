namespace Coniunctum.Consensus;

/// <summary>
/// Work of a producer beside the machines. Most of it is short, such as signing, decoding, or checking what others sent: it shares
/// a few threads with all other short work, and blocks none of them. What it has to wait for, such as a remote signer, it awaits.
/// </summary>
public interface IProducerJob
{
    /// <summary>Whether this is a search: it keeps a processor busy for long, and gets a thread of its own. By default not.</summary>
    bool IsSearch => false;

    /// <summary>Does the work.</summary>
    /// <param name="cancellation">Ends the job early; it then returns <c>null</c>, or is cancelled, which counts as that.</param>
    /// <returns>What was found, or <c>null</c> for nothing.</returns>
    Task<JobResult?> RunAsync(CancellationToken cancellation);
}
