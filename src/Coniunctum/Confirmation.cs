using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>A transaction in the best chain.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Block">The block that holds it.</param>
/// <param name="Height">That block's height.</param>
/// <param name="Depth">How many blocks confirm it: 1 for the block itself, and one for each block on top.</param>
public sealed record Confirmation(TransactionId Transaction, BlockId Block, ulong Height, ulong Depth)
{
    /// <summary>
    /// Why the application refused the call, which has paid its fee and changed nothing else; <c>null</c> when it was done, and for
    /// plain payments.
    /// </summary>
    public string? Refusal { get; init; }
}
