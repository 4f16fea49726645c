using System.Buffers.Binary;
using System.Security.Cryptography;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Tests.Support;

/// <summary>The protocol's words written out with the platform's own SHA3-256, as an oracle that shares no code with ours.</summary>
internal static class Plain
{
    public static void RequireSha3()
    {
        if (!SHA3_256.IsSupported) Assert.Ignore("This platform has no SHA3-256 of its own.");
    }

    public static byte[] H(params byte[][] parts) => SHA3_256.HashData(Join(parts));

    public static byte[] HH(params byte[][] parts) => SHA3_256.HashData(H(parts));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Be(ushort number)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return bytes;
    }

    public static byte[] Be(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    public static byte[] Be(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>32 bytes of one value.</summary>
    public static Hash256 Fill(byte value)
    {
        byte[] bytes = new byte[32];
        Array.Fill(bytes, value);
        return new Hash256(bytes);
    }
}
