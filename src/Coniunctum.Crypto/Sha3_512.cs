using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto;

/// <summary>SHA3-512 (FIPS 202 §6.1).</summary>
public static class Sha3_512
{
    /// <summary>The length of a digest in bytes: 64.</summary>
    public const int Size = 64;

    /// <summary>Hashes a message. Allocates nothing and is safe to call from several threads.</summary>
    /// <param name="data">The whole message, of any length.</param>
    /// <param name="destination">Exactly 64 bytes, which receive the digest. It may overlap <paramref name="data"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (destination.Length != Size)
            throw new ArgumentException($"A SHA3-512 digest has {Size} bytes, not {destination.Length}.", nameof(destination));
        KeccakSponge.Hash(data, KeccakSponge.Sha3Suffix, destination);
    }
}
