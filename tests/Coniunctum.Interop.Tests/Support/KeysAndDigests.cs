using System.Globalization;
using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Interop.Tests.Support;

/// <summary>Numbers of secp256k1: the group's order and the field's prime, keys and digests at the ends of their ranges, and random ones.</summary>
internal static class KeysAndDigests
{
    /// <summary>The scheme whose address is a hash of X‖Y.</summary>
    public static readonly Secp256k1Scheme<Sha3_256> Scheme = new();

    // SEC 2, §2.4.1.
    public static readonly BigInteger N = Hex("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    public static readonly BigInteger P = Hex("0fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");

    /// <summary>Keys at the ends: 1, 2, 3, around the half of n, and n−3 to n−1.</summary>
    public static IEnumerable<byte[]> EdgeKeys => new[] { 1, 2, 3, (N / 2) - 1, N / 2, (N / 2) + 1, N - 3, N - 2, N - 1 }.Select(ToBytes);

    /// <summary>Digests at the ends, all below n.</summary>
    public static IEnumerable<byte[]> EdgeDigests => new[] { 0, 1, 2, N / 2, (N / 2) + 1, N - 2, N - 1 }.Select(ToBytes);

    /// <summary>Digests from n on, of which a random one is with a chance of 2⁻¹²⁸.</summary>
    public static IEnumerable<byte[]> DigestsFromN => new[] { N, N + 1, N + 12345, P - N, P - 1, P, (BigInteger.One << 256) - 2, (BigInteger.One << 256) - 1 }.Where(number => number >= N).Select(ToBytes);

    /// <summary>A number in 32 bytes, the most significant first.</summary>
    public static byte[] ToBytes(BigInteger number)
    {
        byte[] bytes = new byte[Hash256.Size];
        number.TryWriteBytes(bytes.AsSpan(Hash256.Size - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }

    /// <summary>The number in bytes, the most significant first.</summary>
    public static BigInteger ToNumber(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    public static PrivateKey Key(ReadOnlySpan<byte> bytes) => PrivateKey.Read(bytes, out PrivateKey? key) == KeyOutcome.Valid
        ? key!
        : throw new ArgumentException("No private key.", nameof(bytes));

    /// <summary>
    /// Changes a signature of 65 bytes in one of many ways: bits of r, s or v; the ends of r and s; s negated; r below p−n, as
    /// the points beyond the order have it, with every v.
    /// </summary>
    public static void Alter(Random random, Span<byte> signature)
    {
        Span<byte> r = signature[..32], s = signature[32..64];
        switch (random.Next(8))
        {
            case 0:
                signature[random.Next(64)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                signature[64] = (byte)random.Next(4);
                break;
            case 2:
                ToBytes(Edge(random)).CopyTo(r);
                break;
            case 3:
                ToBytes(Edge(random)).CopyTo(s);
                break;
            case 4:
                ToBytes(N - ToNumber(s)).CopyTo(s);
                signature[64] ^= 1;
                break;
            case 5 or 6:
                r[..16].Clear();
                if (random.Next(4) == 0) r[..30].Clear();
                signature[64] = (byte)random.Next(4);
                break;
            default:
                random.NextBytes(signature[..64]);
                signature[64] = (byte)random.Next(4);
                break;
        }
    }

    private static BigInteger Edge(Random random) => random.Next(9) switch
    {
        0 => 0,
        1 => 1,
        2 => N - 1,
        3 => N,
        4 => N + 1,
        5 => P - N,
        6 => P - N - 1,
        7 => N / 2,
        _ => (BigInteger.One << 256) - 1,
    };

    private static BigInteger Hex(string digits) => BigInteger.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
