using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Files;

/// <summary>
/// The layout of a file of blocks. A head: "CONIBLKS", be2(version), the chain's identity, be4(length) and a note that its writer
/// left for readers, such as the chain's parameters, a checksum. Then for each block,
/// in rising height: be4(length), the block's identity, its canonical encoding, a checksum. At the end a length of zero,
/// be8(number of blocks) and a checksum, so that a file that was cut off is known as such. A checksum is the first eight bytes
/// of SHA3-256 over everything since the checksum before it.
/// </summary>
internal static class BlockFile
{
    public const ushort Version = 1;
    public const int ChecksumBytes = 8;
    public const int HeadBytes = 8 + sizeof(ushort) + Hash256.Size + sizeof(uint);
    public const int MaxNoteBytes = 64 * 1024;
    public const int RecordHeadBytes = sizeof(uint) + Hash256.Size;
    public const int EndBytes = sizeof(uint) + sizeof(ulong);

    public static ReadOnlySpan<byte> Magic => "CONIBLKS"u8;

    public static byte[] Head(BlockId chain, ReadOnlySpan<byte> note)
    {
        byte[] head = new byte[HeadBytes + note.Length + ChecksumBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(Magic.Length), Version);
        chain.Value.CopyTo(head.AsSpan(Magic.Length + sizeof(ushort)));
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(HeadBytes - sizeof(uint)), (uint)note.Length);
        note.CopyTo(head.AsSpan(HeadBytes));
        Seal(head);
        return head;
    }

    public static byte[] Record(BlockId id, ReadOnlySpan<byte> encoded)
    {
        byte[] record = new byte[RecordHeadBytes + encoded.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt32BigEndian(record, (uint)encoded.Length);
        id.Value.CopyTo(record.AsSpan(sizeof(uint)));
        encoded.CopyTo(record.AsSpan(RecordHeadBytes));
        Seal(record);
        return record;
    }

    public static byte[] End(ulong blocks)
    {
        byte[] end = new byte[EndBytes + ChecksumBytes];
        BinaryPrimitives.WriteUInt64BigEndian(end.AsSpan(sizeof(uint)), blocks);
        Seal(end);
        return end;
    }

    /// <summary>Whether the last bytes are the checksum of all before them.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> bytes) =>
        Sha3_256.Hash(bytes[..^ChecksumBytes]).AsSpan()[..ChecksumBytes].SequenceEqual(bytes[^ChecksumBytes..]);

    private static void Seal(Span<byte> bytes) =>
        Sha3_256.Hash(bytes[..^ChecksumBytes]).AsSpan()[..ChecksumBytes].CopyTo(bytes[^ChecksumBytes..]);
}
