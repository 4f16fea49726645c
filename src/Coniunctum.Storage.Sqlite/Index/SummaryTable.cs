using System.Runtime.InteropServices;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>The summaries of transactions by number, as many together as fill a page.</summary>
internal sealed class SummaryTable(Database database)
{
    public const int PerRow = 32;

    private readonly ContentTable _rows = new(database, "summaries", RowKind.IndexSummary);

    /// <summary>Writes summaries from a number on, which must be the first one of a row.</summary>
    public void Write(long first, ReadOnlySpan<TransactionSummary> summaries)
    {
        for (long row = first / PerRow; !summaries.IsEmpty; row++)
        {
            int count = Math.Min(PerRow, summaries.Length);
            _rows.Write(row, MemoryMarshal.AsBytes(summaries[..count]));
            summaries = summaries[count..];
        }
    }

    public TransactionSummary Read(long number)
    {
        ReadOnlyMemory<byte> row = _rows.Read(number / PerRow) ?? throw new InvalidDataException(Invariant($"The index lacks transaction {number}."));
        return MemoryMarshal.Cast<byte, TransactionSummary>(row.Span)[(int)(number % PerRow)];
    }
}
