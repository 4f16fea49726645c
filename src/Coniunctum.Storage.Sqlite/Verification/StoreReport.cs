using System.Collections.Immutable;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>What a verification has found.</summary>
/// <param name="Damages">What is damaged, the first thousand.</param>
/// <param name="DamageCount">How many there are in all.</param>
/// <param name="IsRepaired">Whether what can be rebuilt or dropped was.</param>
/// <param name="Rows">How many rows were read.</param>
/// <param name="Tip">The last height of the best chain, or <c>null</c>.</param>
/// <param name="Checkpoint">The newest whole checkpoint, or <c>null</c>.</param>
public sealed record StoreReport(
    ImmutableArray<StoreDamage> Damages, long DamageCount, bool IsRepaired, long Rows, ulong? Tip, StoredTip? Checkpoint)
{
    /// <summary>Whether every row is what was written.</summary>
    public bool IsValid => DamageCount == 0;
}
