using System.Runtime.InteropServices;

namespace Coniunctum.Crypto;

/// <summary>A hash function applied twice, H(H(x)): of SHA3-256 in int32coin and the standard format, of SHA-256 in Bitcoin.</summary>
/// <typeparam name="THash">The function H.</typeparam>
public readonly record struct DoubleHash<THash> : IHashFunction
    where THash : struct, IHashFunction
{
    /// <summary>The name of H and "-twice", as in "sha3-256-twice".</summary>
    public static string Name => THash.Name + "-twice";

    /// <inheritdoc/>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Hash256 inner = THash.Hash(data);
        return THash.Hash(inner.AsSpan());
    }

    /// <inheritdoc/>
    public static void HashMany(ReadOnlySpan<byte> messages, int messageLength, Span<Hash256> hashes)
    {
        THash.HashMany(messages, messageLength, hashes);
        THash.HashMany(MemoryMarshal.AsBytes(hashes), Hash256.Size, hashes);
    }
}
