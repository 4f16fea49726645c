using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Coniunctum.Crypto;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>
/// A key and a transaction that it leads to. The key of a transaction is the first half of its identity, that of an address the
/// first half of its SHA3-256: no one finds another address with the same one, although receivers may be any 32 bytes.
/// </summary>
/// <param name="High">The key's first eight bytes, big-endian.</param>
/// <param name="Low">The next eight.</param>
/// <param name="Location">The transaction's number and the kind of key: see <see cref="LocationOf"/>.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct IndexEntry(ulong High, ulong Low, ulong Location) : IComparable<IndexEntry>
{
    public const int Bytes = 24;

    /// <summary>The transaction's number.</summary>
    public long Number => (long)(Location >> 1);

    public static ulong LocationOf(long number, bool isAddress) => ((ulong)number << 1) | (isAddress ? 1UL : 0UL);

    public static IndexEntry Of(in Hash256 key, ulong location)
    {
        ReadOnlySpan<byte> bytes = key.AsSpan();
        return new IndexEntry(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), location);
    }

    public bool HasKeyOf(in IndexEntry other) => High == other.High && Low == other.Low && ((Location ^ other.Location) & 1) == 0;

    public int CompareTo(IndexEntry other)
    {
        if (High != other.High) return High < other.High ? -1 : 1;
        if (Low != other.Low) return Low < other.Low ? -1 : 1;
        return Location.CompareTo(other.Location);
    }

    public static bool operator <(in IndexEntry left, in IndexEntry right) => left.CompareTo(right) < 0;

    public static bool operator >(in IndexEntry left, in IndexEntry right) => left.CompareTo(right) > 0;

    public static bool operator <=(in IndexEntry left, in IndexEntry right) => left.CompareTo(right) <= 0;

    public static bool operator >=(in IndexEntry left, in IndexEntry right) => left.CompareTo(right) >= 0;
}
