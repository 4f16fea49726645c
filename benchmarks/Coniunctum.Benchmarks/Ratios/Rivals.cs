using System.Reflection;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The rivals' names with their versions, as a figure should tell them.</summary>
internal static class Rivals
{
    public static string BouncyCastle { get; } = "BouncyCastle " + VersionOf(typeof(Org.BouncyCastle.Crypto.IDigest));

    // The package does not say which release of the C library it holds; the library's own name ends in 6.
    public static string LibSecp256k1 { get; } = "libsecp256k1 of Secp256k1.Net " + VersionOf(typeof(Secp256k1Net.Secp256k1));

    public static string MessagePack { get; } = "MessagePack " + VersionOf(typeof(MessagePack.MessagePackReader));

    public static string NBitcoin { get; } = "NBitcoin " + VersionOf(typeof(NBitcoin.BlockHeader));

    public static string NBitcoinSecp256k1 { get; } = "NBitcoin.Secp256k1 " + VersionOf(typeof(NBitcoin.Secp256k1.ECPrivKey));

    public static string Nethereum { get; } = "Nethereum.KeyStore " + VersionOf(typeof(Nethereum.KeyStore.KeyStoreService));

    private static string VersionOf(Type type)
    {
        string version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? type.Assembly.GetName().Version!.ToString(3);
        return version.Split('+', '-')[0];
    }
}
