using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto;

/// <summary>
/// Keccak-256 with the padding of the original submission to the SHA-3 contest, as Ethereum uses it. It differs from
/// <see cref="Sha3_256"/> in the padding alone.
/// </summary>
public readonly record struct Keccak256 : IHashFunction
{
    /// <summary>"keccak-256".</summary>
    public static string Name => "keccak-256";

    /// <inheritdoc/>
    public static Hash256 Hash(ReadOnlySpan<byte> data) => KeccakSponge.Hash256(data, KeccakSponge.KeccakSuffix);

    /// <inheritdoc/>
    public static void HashMany(ReadOnlySpan<byte> messages, int messageLength, Span<Hash256> hashes)
    {
        HashLists.RequireEqualLengths(messages, messageLength, hashes);
        KeccakMany.Hash(messages, messageLength, KeccakSponge.KeccakSuffix, hashes);
    }
}
