using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>Addresses of keys: the hash of X‖Y.</summary>
internal static class AddressHashing<TAddressHash>
    where TAddressHash : struct, IHashFunction
{
    /// <summary>Hashes keys, several at once, and writes key i's address at <paramref name="positions"/>[i].</summary>
    [SkipLocalsInit]
    public static void WriteAddresses(ReadOnlySpan<PublicKey> keys, ReadOnlySpan<byte> positions, Span<Address> addresses)
    {
        Span<Hash256> hashes = stackalloc Hash256[keys.Length];
        TAddressHash.HashMany(MemoryMarshal.AsBytes(keys), PublicKey.Size, hashes);
        for (int i = 0; i < keys.Length; i++)
            addresses[positions[i]] = new Address(hashes[i]);
    }
}
