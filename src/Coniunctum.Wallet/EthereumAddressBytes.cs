using System.Runtime.CompilerServices;
using Coniunctum.Crypto;

namespace Coniunctum.Wallet;

/// <summary>The last 20 bytes of Keccak-256(X‖Y): how keystore files of other wallets say whose key they hold.</summary>
internal static class EthereumAddressBytes
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 20;

    /// <summary>Writes the address of a key.</summary>
    /// <param name="key">A key other than <c>default</c>.</param>
    /// <param name="address">Receives 20 bytes.</param>
    public static void Write(in PublicKey key, Span<byte> address) =>
        Keccak256.Hash(key.AsSpan()).AsSpan()[^Size..].CopyTo(address);

    /// <summary>Whether an address is that of a key.</summary>
    [SkipLocalsInit]
    public static bool IsOf(in PublicKey key, ReadOnlySpan<byte> address)
    {
        Span<byte> expected = stackalloc byte[Size];
        Write(key, expected);
        return expected.SequenceEqual(address);
    }
}
