namespace Coniunctum.Interop.Tests.Support;

/// <summary>The other implementations' names; Directory.Packages.props has their versions.</summary>
internal static class Packages
{
    public const string BouncyCastle = "BouncyCastle.Cryptography";
    public const string MessagePack = "MessagePack";
    public const string NBitcoin = "NBitcoin";
    public const string NBitcoinSecp256k1 = "NBitcoin.Secp256k1";
    public const string Nethereum = "Nethereum.KeyStore";
    public const string LibSecp256k1 = "libsecp256k1 of Secp256k1.Net";
}
