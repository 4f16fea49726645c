using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto;

/// <summary>SHA3-256 (FIPS 202 §6.1), on every platform, whether or not its own library offers it.</summary>
/// <example>
/// <code>
/// Hash256 digest = Sha3_256.Hash("a message"u8);
/// Console.WriteLine(digest);
/// </code>
/// </example>
public readonly record struct Sha3_256 : IHashFunction
{
    /// <summary>"sha3-256".</summary>
    public static string Name => "sha3-256";

    /// <inheritdoc/>
    public static Hash256 Hash(ReadOnlySpan<byte> data) => KeccakSponge.Hash256(data, KeccakSponge.Sha3Suffix);

    /// <inheritdoc/>
    public static void HashMany(ReadOnlySpan<byte> messages, int messageLength, Span<Hash256> hashes)
    {
        HashLists.RequireEqualLengths(messages, messageLength, hashes);
        KeccakMany.Hash(messages, messageLength, KeccakSponge.Sha3Suffix, hashes);
    }

    /// <summary>Hashes a message and then its digest: H(H(x)).</summary>
    /// <param name="data">The whole message, of any length.</param>
    public static Hash256 DoubleHash(ReadOnlySpan<byte> data) => DoubleHash<Sha3_256>.Hash(data);
}
