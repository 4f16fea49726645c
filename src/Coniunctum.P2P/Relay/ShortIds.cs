using System.Buffers.Binary;
using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.P2P.Relay;

/// <summary>
/// The short ids of a block's transactions: the first six bytes of SipHash-2-4 (Aumasson and Bernstein 2012) over the leaf, under a key
/// that is drawn for each block and receiver, so that no one can make transactions that collide everywhere.
/// </summary>
internal readonly struct ShortIds
{
    private readonly ulong _k0;
    private readonly ulong _k1;

    /// <summary>Takes as key the first 16 bytes of H(block id ‖ be8(salt)).</summary>
    /// <param name="block">The block.</param>
    /// <param name="salt">What was drawn.</param>
    public ShortIds(BlockId block, ulong salt)
    {
        Span<byte> preimage = stackalloc byte[Hash256.Size + sizeof(ulong)];
        block.Value.CopyTo(preimage);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[Hash256.Size..], salt);
        Hash256 key = Sha3_256.Hash(preimage);
        _k0 = BinaryPrimitives.ReadUInt64LittleEndian(key.AsSpan());
        _k1 = BinaryPrimitives.ReadUInt64LittleEndian(key.AsSpan()[sizeof(ulong)..]);
    }

    /// <summary>Returns the short id of a leaf: the number of which six bytes are sent, the least first.</summary>
    public ulong Of(in Hash256 leaf) => SipHash(_k0, _k1, leaf.AsSpan()) & 0xFFFF_FFFF_FFFF;

    /// <summary>Reads a short id.</summary>
    public static ulong Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes) | (ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 32;

    /// <summary>Writes a short id.</summary>
    public static void Write(Span<byte> bytes, ulong id)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)id);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], (ushort)(id >> 32));
    }

    /// <summary>SipHash-2-4.</summary>
    internal static ulong SipHash(ulong k0, ulong k1, ReadOnlySpan<byte> message)
    {
        ulong v0 = k0 ^ 0x736f6d6570736575, v1 = k1 ^ 0x646f72616e646f6d, v2 = k0 ^ 0x6c7967656e657261, v3 = k1 ^ 0x7465646279746573;
        ulong last = (ulong)message.Length << 56;
        for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..]) Compress(BinaryPrimitives.ReadUInt64LittleEndian(message), ref v0, ref v1, ref v2, ref v3);
        for (int i = 0; i < message.Length; i++) last |= (ulong)message[i] << (8 * i);
        Compress(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Compress(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
