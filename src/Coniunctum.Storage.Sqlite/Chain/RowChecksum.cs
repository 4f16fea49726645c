using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// The checksum of a row, over its table, its number and its columns in order: a row that was damaged, or that stands in
/// another's place, does not pass.
/// </summary>
internal struct RowChecksum
{
    public RowChecksum(RowKind kind, long row)
    {
        Value = (ulong)kind;
        Add(row);
    }

    public ulong Value { get; private set; }

    public void Add(ReadOnlySpan<byte> column) => Value = XxHash64.Compute(column, Value);

    public void Add(long column)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, column);
        Add(bytes);
    }

    public void Add(string column) => Add(MemoryMarshal.AsBytes(column.AsSpan()));

    public static ulong Of(RowKind kind, long row, ReadOnlySpan<byte> content)
    {
        var checksum = new RowChecksum(kind, row);
        checksum.Add(content);
        return checksum.Value;
    }
}
