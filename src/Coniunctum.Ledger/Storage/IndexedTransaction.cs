using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Storage;

/// <summary>A transaction of the best chain, as an index knows it: enough to show it, and where the rest is.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Block">The block that holds it.</param>
/// <param name="Height">That block's height.</param>
/// <param name="Position">Its place in the block, from 0.</param>
/// <param name="Sender">Who paid; <see cref="Address.Root"/> in rewards and in genesis.</param>
/// <param name="Receiver">Who was paid.</param>
/// <param name="Amount">Base units that moved.</param>
/// <param name="Fee">Base units that the block's producer got.</param>
public sealed record IndexedTransaction(
    TransactionId Id, BlockId Block, ulong Height, int Position, Address Sender, Address Receiver, ulong Amount, ulong Fee);
