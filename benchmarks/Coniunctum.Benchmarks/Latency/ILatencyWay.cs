using Coniunctum.Ledger;

namespace Coniunctum.Benchmarks.Latency;

/// <summary>A way of submitting to a ledger and of hearing what became of it.</summary>
internal interface ILatencyWay
{
    string Name { get; }

    /// <summary>Submits a transfer, and returns when it was taken.</summary>
    /// <exception cref="InvalidOperationException">It was not.</exception>
    Task SubmitAsync(Transaction transfer);

    /// <summary>Returns each new block's height and transactions.</summary>
    /// <param name="after">Behind which block.</param>
    /// <param name="cancellation">Ends the stream.</param>
    IAsyncEnumerable<(ulong Height, IEnumerable<TransactionId> Transactions)> BlocksAsync(BlockId after, CancellationToken cancellation);
}
