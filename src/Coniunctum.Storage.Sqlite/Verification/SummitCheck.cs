using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>Computes the history tree along the best chain again, and compares what is kept of it.</summary>
/// <param name="read">Reads what is kept with a row, and says whether it is sound.</param>
internal sealed class SummitCheck(Func<long, (bool IsSound, ReadOnlyMemory<byte>? Kept)> read)
{
    private HistorySummits? _summits = HistorySummits.None;

    /// <summary>Says what is wrong with what is kept of a block. Those of the best chain come in the order of their heights.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="head">Its head, of a block of the best chain; <c>null</c> where that is damaged.</param>
    /// <param name="isBest">Whether it is part of the best chain.</param>
    /// <param name="right">What should be kept; empty where that is nothing, or where it cannot be said: beside the best chain, and above a damaged head.</param>
    public string? FaultOf(long row, StoredHead? head, bool isBest, out ReadOnlyMemory<byte> right)
    {
        right = default;
        (bool isSound, ReadOnlyMemory<byte>? kept) = read(row);
        if (isBest) _summits = head is not null && _summits?.Count == head.Height ? _summits.With(head, out right) : null;
        if (!isSound) return "The part of the history tree is damaged.";
        if (right.IsEmpty) return null;
        if (kept is null) return "The part of the history tree is missing.";
        return kept.Value.Span.SequenceEqual(right.Span) ? null : "The part of the history tree is another one.";
    }
}
