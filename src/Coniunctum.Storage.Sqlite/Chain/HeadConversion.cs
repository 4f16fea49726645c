using System.Buffers;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// The step from version 2 of a ledger's file to version 3: heads were [header, seal] and are [header, seal, certificate or nil].
/// A certificate comes from the block's body; where that was pruned it is lost, and the head has none.
/// </summary>
internal sealed class HeadConversion
{
    private const int RowsAStep = 256;
    private const int OldFields = 2;

    // The standard format's block: [header, seal, transactions, certificate]. int32coin's has six fields and no certificate.
    private const int BlockFields = 4;
    private const int MaxFields = 8;

    private readonly ContentTable _bodies;
    private readonly Statement _next;
    private readonly Statement _write;

    private HeadConversion(Database database)
    {
        _bodies = new ContentTable(database, "bodies", RowKind.Body);
        _next = database.Prepare($"SELECT row, id, header, rule, weight, body_bytes, undo_bytes, checksum FROM heads WHERE row > ?1 ORDER BY row LIMIT {RowsAStep}");
        _write = database.Prepare("UPDATE heads SET header = ?2, checksum = ?3 WHERE row = ?1");
    }

    public static void Run(Database database, FileTuning tuning)
    {
        var conversion = new HeadConversion(database);
        long end = database.Number("SELECT max(row) FROM heads");
        long last = -1;
        while (conversion.Step(ref last))
        {
            tuning.Cancellation.ThrowIfCancellationRequested();
            tuning.Progress?.Report(new StoreProgress((long)BlockRow.HeightOf(last) + 1, (long)BlockRow.HeightOf(end) + 1));
        }
    }

    /// <summary>Converts the rows behind another one.</summary>
    /// <param name="last">The last row that was looked at.</param>
    /// <returns>Whether there were any.</returns>
    private bool Step(ref long last)
    {
        List<(long Row, StoredHead Head, long BodyBytes, long UndoBytes)> sound = [];
        long seen = last;
        _next.Bind(1, last).ForEach(found =>
        {
            seen = found.Int64(0);
            if (TryRead(found, seen) is { } head) sound.Add((seen, head.Head, head.BodyBytes, head.UndoBytes));
            return true;
        });
        bool isAny = seen > last;
        last = seen;
        foreach ((long row, StoredHead head, long bodyBytes, long undoBytes) in sound)
        {
            if (!IsOld(head.Header)) continue;
            byte[] header = WithCertificate(head.Header.Span, CertificateOf(row));
            ulong checksum = HeadTable.Checksum(row, head.Id.Value.AsSpan(), header, head.RuleState.Span, head.ChainWeight.ToBytes().AsSpan(), bodyBytes, undoBytes);
            _write.Bind(1, row).Bind(2, header).Bind(3, checksum).Execute();
        }

        return isAny;
    }

    /// <summary>Reads a row; <c>null</c> where it is damaged. Such a row stays as it is, and shows as what it is later.</summary>
    private static HeadRow? TryRead(Statement found, long row)
    {
        try
        {
            return HeadTable.Read(found, row, firstColumn: 1);
        }
        catch (Exception exception) when (Damage.IsDamage(exception))
        {
            return null;
        }
    }

    private static bool IsOld(ReadOnlyMemory<byte> header)
    {
        var reader = new CanonicalReader(header);
        reader.ReadArrayHeader(OldFields);
        reader.SkipItem(header.Length);
        reader.SkipItem(header.Length);
        return reader.End().IsValid;
    }

    private ReadOnlyMemory<byte>? CertificateOf(long row)
    {
        try
        {
            if (_bodies.Read(row) is not { } body) return null;
            var reader = new CanonicalReader(body);
            if (reader.ReadListHeader(MaxFields) != BlockFields) return null;
            for (int i = 0; i < BlockFields - 1; i++) reader.SkipItem(body.Length);
            if (reader.TryReadNil()) return null;
            ReadOnlyMemory<byte> certificate = reader.ReadBytes(body.Length);
            return reader.End().IsValid ? certificate : null;
        }
        catch (Exception exception) when (Damage.IsDamage(exception))
        {
            return null;
        }
    }

    private static byte[] WithCertificate(ReadOnlySpan<byte> old, ReadOnlyMemory<byte>? certificate)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(OldFields + 1);
        writer.Flush();

        // The list's own head is one byte.
        buffer.Write(old[1..]);
        writer = new CanonicalWriter(buffer);
        if (certificate is { } some)
            writer.WriteFixed(some.Span);
        else
            writer.WriteNil();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
