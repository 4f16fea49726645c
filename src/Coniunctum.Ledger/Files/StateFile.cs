using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Files;

/// <summary>
/// The layout of a file of a state. A head: "CONISTAT", be2(version), the chain's identity, be8(height) and identity of the
/// block after which it is the state, the salt and be8(time) that its genesis was drawn with, be4(length) and a note that its
/// writer left for readers, a checksum. Then records: a byte for the kind, be4(length), content, a checksum. First come the
/// heads of all blocks from genesis on in groups, then the block itself, then the slices of the state, at last an end with
/// be8(number of heads) and be8(number of slices). A checksum is the first eight bytes of SHA3-256 over the checksum before it
/// (zeros at first) and everything since: a record that is missing or in another's place is noticed too.
/// </summary>
internal static class StateFile
{
    public const ushort Version = 2;
    public const int ChecksumBytes = 8;
    public const int MaxNoteBytes = 64 * 1024;
    public const int RecordHeadBytes = 1 + sizeof(uint);
    public const int EndBytes = 2 * sizeof(ulong);

    /// <summary>A group of heads is ended by whichever comes first.</summary>
    public const int HeadsAGroup = 256;

    /// <summary>No group of heads is longer, in bytes: 1 MiB.</summary>
    public const int MaxGroupBytes = 1024 * 1024;

    public const int HeadBytes = NoteAt;

    private const int VersionAt = 8;
    private const int ChainAt = VersionAt + sizeof(ushort);
    private const int HeightAt = ChainAt + Hash256.Size;
    private const int BlockAt = HeightAt + sizeof(ulong);
    private const int SaltAt = BlockAt + Hash256.Size;
    private const int TimeAt = SaltAt + Hash256.Size;
    private const int NoteLengthAt = TimeAt + sizeof(ulong);
    private const int NoteAt = NoteLengthAt + sizeof(uint);

    public static ReadOnlySpan<byte> Magic => "CONISTAT"u8;

    public static byte[] WriteHead(in StateFileHead head)
    {
        byte[] bytes = new byte[HeadBytes + head.Note.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(VersionAt), Version);
        head.Chain.Value.CopyTo(bytes.AsSpan(ChainAt));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(HeightAt), head.Height);
        head.Block.Value.CopyTo(bytes.AsSpan(BlockAt));
        head.Salt.CopyTo(bytes.AsSpan(SaltAt));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(TimeAt), head.GenesisTime.UnixMilliseconds);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(NoteLengthAt), (uint)head.Note.Length);
        head.Note.Span.CopyTo(bytes.AsSpan(NoteAt));
        return bytes;
    }

    public static ushort VersionOf(ReadOnlySpan<byte> start) => BinaryPrimitives.ReadUInt16BigEndian(start[VersionAt..]);

    public static uint NoteLengthOf(ReadOnlySpan<byte> start) => BinaryPrimitives.ReadUInt32BigEndian(start[NoteLengthAt..]);

    public static StateFileHead ReadHead(ReadOnlyMemory<byte> head)
    {
        ReadOnlySpan<byte> bytes = head.Span;
        return new StateFileHead(
            new BlockId(HashAt(bytes, ChainAt)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[HeightAt..]),
            new BlockId(HashAt(bytes, BlockAt)),
            HashAt(bytes, SaltAt),
            new Timestamp(BinaryPrimitives.ReadUInt64BigEndian(bytes[TimeAt..])),
            head[NoteAt..]);
    }

    public static byte[] WriteRecordHead(StateRecordKind kind, int length)
    {
        byte[] head = new byte[RecordHeadBytes];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), (uint)length);
        return head;
    }

    public static byte[] WriteEnd(ulong heads, ulong slices)
    {
        byte[] end = new byte[EndBytes];
        BinaryPrimitives.WriteUInt64BigEndian(end, heads);
        BinaryPrimitives.WriteUInt64BigEndian(end.AsSpan(sizeof(ulong)), slices);
        return end;
    }

    public static (ulong Heads, ulong Slices) ReadEnd(ReadOnlySpan<byte> end) =>
        (BinaryPrimitives.ReadUInt64BigEndian(end), BinaryPrimitives.ReadUInt64BigEndian(end[sizeof(ulong)..]));

    /// <summary>Returns the checksum over what follows another checksum.</summary>
    public static ulong Seal(ulong before, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        byte[] message = new byte[ChecksumBytes + first.Length + second.Length];
        BinaryPrimitives.WriteUInt64BigEndian(message, before);
        first.CopyTo(message.AsSpan(ChecksumBytes));
        second.CopyTo(message.AsSpan(ChecksumBytes + first.Length));
        return BinaryPrimitives.ReadUInt64BigEndian(Sha3_256.Hash(message).AsSpan());
    }

    private static Hash256 HashAt(ReadOnlySpan<byte> bytes, int at) => new(bytes.Slice(at, Hash256.Size));
}
