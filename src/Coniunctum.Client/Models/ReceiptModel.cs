namespace Coniunctum.Client.Models;

/// <summary>A receipt of a transaction. What it proves is shown by reading and verifying it, not by the fields beside it.</summary>
/// <param name="Transaction">The transaction's id.</param>
/// <param name="ChainId">The chain's identity.</param>
/// <param name="Block">The id of the block that holds it.</param>
/// <param name="Height">That block's height.</param>
/// <param name="Receipt">The canonical encoding of a <see cref="Coniunctum.Ledger.TransactionReceipt"/>, hexadecimal.</param>
/// <remarks>May change in any release.</remarks>
public sealed record ReceiptModel(string Transaction, string ChainId, string Block, ulong Height, string Receipt);
