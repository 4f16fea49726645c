using Coniunctum.Crypto;

namespace Coniunctum.Node.Dev;

/// <summary>One of the funded accounts of a development chain.</summary>
/// <param name="Number">1 to 10, for people.</param>
/// <param name="Key">Its key, which the seed determines and everyone may know.</param>
/// <param name="Address">Its address.</param>
internal sealed record DevAccount(int Number, PrivateKey Key, Address Address) : IDisposable
{
    public const int Count = 10;

    /// <summary>Derives the accounts of a seed: the key of account n is drawn from the stream for "account n".</summary>
    public static DevAccount[] Derive(ulong seed, ISignatureScheme signatures) =>
    [
        .. Enumerable.Range(1, Count).Select(number =>
        {
            PrivateKey key = PrivateKey.Generate(new SeededEntropy(seed, Invariant($"account {number}")));
            return new DevAccount(number, key, signatures.AddressOf(key.PublicKey));
        }),
    ];

    public void Dispose() => Key.Dispose();

    /// <summary>Returns the private key in hexadecimal. Only for keys like these, which protect nothing.</summary>
    public string RevealKey()
    {
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        Key.CopyTo(secret);
        return Convert.ToHexStringLower(secret);
    }
}
