using Org.BouncyCastle.Crypto.Digests;

namespace Coniunctum.Wallet;

/// <summary>
/// RIPEMD-160 (Dobbertin, Bosselaers and Preneel, 1996), computed by BouncyCastle.Cryptography. BIP-32 names keys by it; nothing here
/// rests on its strength, and what is hashed is public.
/// </summary>
internal static class Ripemd160
{
    /// <summary>The length of the digest in bytes.</summary>
    public const int Size = 20;

    /// <summary>Hashes data.</summary>
    /// <param name="data">Any bytes that are no secret: the package's state is not wiped.</param>
    /// <param name="digest">Receives the digest; at least <see cref="Size"/> bytes.</param>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        var hasher = new RipeMD160Digest();
        hasher.BlockUpdate(data);
        hasher.DoFinal(digest);
    }
}
