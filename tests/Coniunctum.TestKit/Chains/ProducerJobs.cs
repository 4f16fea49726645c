namespace Coniunctum.TestKit.Chains;

/// <summary>Runs a producer's jobs where nothing else goes on.</summary>
internal static class ProducerJobs
{
    /// <summary>Runs a job that waits for nothing.</summary>
    public static JobResult? Run(this IProducerJob job, CancellationToken cancellation)
    {
        Task<JobResult?> done = job.RunAsync(cancellation);
        if (!done.IsCompleted) throw new InvalidOperationException("The job waits for something.");
#pragma warning disable VSTHRD002 // It has ended.
        return done.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
