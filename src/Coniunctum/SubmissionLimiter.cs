namespace Coniunctum;

/// <summary>
/// Where callers wait who are faster than the machine: so many questions may be unanswered, and so many bytes of blocks on
/// their way.
/// </summary>
internal sealed class SubmissionLimiter(CancellationToken closing)
{
    // Submissions that the machine has not answered yet.
    private const int MaxUnanswered = 4096;

    // Bytes of blocks that were submitted and are not durable yet.
    private const long MaxBlockBacklog = 64L * 1024 * 1024;

    private readonly WeightedSemaphore _unanswered = new(MaxUnanswered);
    private readonly WeightedSemaphore _backlog = new(MaxBlockBacklog);

    /// <summary>Waits for a place, in line. Who got one leaves it, once.</summary>
    /// <param name="bytes">How much the question adds to the backlog of blocks.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="OperationCanceledException">The caller gave up, or the limiter was closed.</exception>
    public async Task EnterAsync(int bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, closing);
        if (bytes > 0) await _backlog.EnterAsync(bytes, linked.Token).ConfigureAwait(false);
        try
        {
            await _unanswered.EnterAsync(1, linked.Token).ConfigureAwait(false);
        }
        catch
        {
            if (bytes > 0) _backlog.Leave(bytes);
            throw;
        }
    }

    public void Leave(int bytes)
    {
        _unanswered.Leave(1);
        if (bytes > 0) _backlog.Leave(bytes);
    }

    /// <summary>Says how many bytes the machine still works on.</summary>
    public void SetBacklog(long bytes) => _backlog.SetBacklog(bytes);

    /// <summary>Lets everyone in from now on: whoever comes is informed that the ledger has stopped.</summary>
    public void Open()
    {
        _unanswered.Open();
        _backlog.Open();
    }
}
