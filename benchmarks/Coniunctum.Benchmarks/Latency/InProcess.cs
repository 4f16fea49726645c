using System.Runtime.CompilerServices;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum.Benchmarks.Latency;

/// <summary>By the ledger's own methods.</summary>
internal sealed class InProcess(LedgerHost ledger) : ILatencyWay
{
    public string Name => "in process";

    public async Task SubmitAsync(Transaction transfer)
    {
        Admission admission = await ledger.SubmitAsync(transfer);
        if (!admission.IsValid) throw new InvalidOperationException($"A transfer was not taken: {admission.Message}");
    }

    public async IAsyncEnumerable<(ulong Height, IEnumerable<TransactionId> Transactions)> BlocksAsync(BlockId after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (LedgerEvent change in ledger.EventsAsync(after, cancellation))
            yield return (change.Block.Header.Height, change.Block.Transactions.Select(transaction => transaction.Id));
    }
}
