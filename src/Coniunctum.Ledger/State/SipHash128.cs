using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Coniunctum.Ledger.State;

/// <summary>
/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein 2012, and the authors' reference implementation for the longer
/// output): a short keyed hash that no one can steer without the key.
/// </summary>
internal static class SipHash128
{
    /// <summary>Hashes a message. The output is read as little-endian, as the reference writes it.</summary>
    public static UInt128 Hash(ulong key0, ulong key1, ReadOnlySpan<byte> message)
    {
        // "somepseudorandomlygeneratedbytes"; the 0xee tells the longer output apart.
        ulong v0 = key0 ^ 0x736f6d6570736575;
        ulong v1 = key1 ^ 0x646f72616e646f6d ^ 0xee;
        ulong v2 = key0 ^ 0x6c7967656e657261;
        ulong v3 = key1 ^ 0x7465646279746573;
        ulong last = (ulong)message.Length << 56;
        for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..])
            Absorb(ref v0, ref v1, ref v2, ref v3, BinaryPrimitives.ReadUInt64LittleEndian(message));
        for (int i = 0; i < message.Length; i++) last |= (ulong)message[i] << (8 * i);
        Absorb(ref v0, ref v1, ref v2, ref v3, last);

        v2 ^= 0xee;
        ulong low = Finish(ref v0, ref v1, ref v2, ref v3);
        v1 ^= 0xdd;
        ulong high = Finish(ref v0, ref v1, ref v2, ref v3);
        return new UInt128(high, low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Absorb(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3, ulong word)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static ulong Finish(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        for (int i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
