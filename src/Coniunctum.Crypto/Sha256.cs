using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Coniunctum.Crypto.Sha2;

namespace Coniunctum.Crypto;

/// <summary>SHA-256 (FIPS 180-4 §6.2), computed by the platform's library.</summary>
public readonly record struct Sha256 : IHashFunction
{
    /// <summary>"sha-256".</summary>
    public static string Name => "sha-256";

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(data, digest);
        return new Hash256(digest);
    }

    /// <inheritdoc/>
    public static void HashMany(ReadOnlySpan<byte> messages, int messageLength, Span<Hash256> hashes)
    {
        HashLists.RequireEqualLengths(messages, messageLength, hashes);
        Sha256Many.Hash(messages, messageLength, hashes);
    }
}
