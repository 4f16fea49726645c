using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Finds the block of the best chain that holds a transaction: by the index as far as it reaches, then block by block.</summary>
internal sealed class TransactionSearch(LedgerChain chain, IChainIndex? index)
{
    // Where no index knows, so many of the last blocks are looked through.
    private const int SearchedBlocks = 1_000;

    public HashedBlock? FindBlockOf(TransactionId id, CancellationToken cancellation)
    {
        ulong height = chain.Tip.Header.Height;
        ulong lowest = height < SearchedBlocks ? 1 : height - SearchedBlocks + 1;
        if (index is { Tip: { } indexed } && chain.IdAt(indexed.Height) == indexed.Id)
        {
            if (index.Find(id) is { } found) return chain.FindBlock(found.Block);
            lowest = Math.Max(lowest, indexed.Height + 1);
        }

        for (; height >= lowest; height--)
        {
            cancellation.ThrowIfCancellationRequested();
            if (chain.BlockAt(height) is not { } block) return null;
            if (block.Transactions.Any(transaction => transaction.Id == id)) return block;
        }

        return null;
    }
}
