using System.Diagnostics;
using Coniunctum.Ledger;

namespace Coniunctum.Benchmarks.Latency;

/// <summary>
/// Transfers that are kept in flight: as soon as the event of a block says that some are done, as many more are submitted. Of each it is
/// noted when it was submitted, when the pool took it, when its block was durable and when the event came.
/// </summary>
internal sealed class LatencyRun(ILatencyWay way, TimedStore store, Transaction[] transfers, TransactionId[] ids, int inFlight) : IDisposable
{
    private readonly long[] _submitted = new long[transfers.Length];
    private readonly long[] _taken = new long[transfers.Length];
    private readonly long[] _durable = new long[transfers.Length];
    private readonly long[] _seen = new long[transfers.Length];
    private readonly SemaphoreSlim _window = new(inFlight);

    /// <summary>Milliseconds from submitting until the pool took it, of those behind the first fill of the window, in rising order.</summary>
    public double[] UntilTaken => Sorted(_taken);

    /// <summary>Milliseconds until its block was durable.</summary>
    public double[] UntilDurable => Sorted(_durable);

    /// <summary>Milliseconds until the event came.</summary>
    public double[] UntilEvent => Sorted(_seen);

    /// <summary>Transfers a second, from the first one to the last event.</summary>
    public double PerSecond => transfers.Length / Stopwatch.GetElapsedTime(_submitted[0], _seen.Max()).TotalSeconds;

    /// <summary>Runs.</summary>
    /// <param name="tip">The ledger's tip.</param>
    public async Task RunAsync(BlockId tip)
    {
        using var ending = new CancellationTokenSource();
        Task watching = WatchAsync(tip, ending);
        var submissions = new Task[transfers.Length];
        try
        {
            for (int i = 0; i < transfers.Length; i++)
            {
                await _window.WaitAsync(ending.Token);
                submissions[i] = SubmitAsync(i, ending);
            }

            await Task.WhenAll(submissions);
            await watching;
        }
        catch (OperationCanceledException)
        {
            // What failed says why.
            await Task.WhenAll(submissions.Where(submission => submission is not null).Append(watching));
            throw;
        }
        finally
        {
            await ending.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _window.Dispose();

    private async Task SubmitAsync(int i, CancellationTokenSource ending)
    {
        _submitted[i] = Stopwatch.GetTimestamp();
        try
        {
            await way.SubmitAsync(transfers[i]);
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }

        _taken[i] = Stopwatch.GetTimestamp();
    }

    private async Task WatchAsync(BlockId tip, CancellationTokenSource ending)
    {
        try
        {
            await WatchAsync(tip, ending.Token);
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }

    private async Task WatchAsync(BlockId tip, CancellationToken cancellation)
    {
        Dictionary<TransactionId, int> places = ids.Index().ToDictionary(id => id.Item, id => id.Index);
        int left = ids.Length;
        await foreach ((ulong height, IEnumerable<TransactionId> transactions) in way.BlocksAsync(tip, cancellation))
        {
            long now = Stopwatch.GetTimestamp();
            int done = 0;
            foreach (TransactionId id in transactions)
            {
                if (!places.TryGetValue(id, out int place)) continue;
                (_durable[place], _seen[place]) = (store.DurableAt(height), now);
                done++;
            }

            if (done > 0) _window.Release(done);
            left -= done;
            if (left == 0) return;
        }
    }

    // The first ones come all at once, and meet an empty ledger.
    private double[] Sorted(long[] until) =>
        [.. Enumerable.Range(inFlight, transfers.Length - inFlight).Select(i => Stopwatch.GetElapsedTime(_submitted[i], until[i]).TotalMilliseconds).Order()];
}
