using Coniunctum.Ledger;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>A block that the index holds.</summary>
/// <param name="First">The number of its first transaction.</param>
/// <param name="Height">Its height.</param>
/// <param name="Id">Its identity.</param>
/// <param name="Transactions">How many transactions it has.</param>
internal sealed record IndexedBlock(long First, ulong Height, BlockId Id, int Transactions)
{
    /// <summary>The first number that is not the block's. A block without transactions takes one, so that numbers tell blocks apart.</summary>
    public long Below => First + Math.Max(Transactions, 1);
}
