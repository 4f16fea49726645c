using Coniunctum.Crypto;

namespace Coniunctum.Applications;

/// <summary>Makes the data of calls of <see cref="FungibleAssets"/>, which <c>Transfer.SignCall</c> signs.</summary>
public static class AssetCalls
{
    /// <summary>Creates an asset whose issuer is the sender. No units exist yet.</summary>
    /// <param name="asset">Its identity, which no asset has yet: any 32 bytes, such as a hash of its name.</param>
    /// <param name="limit">The most units that may exist at once; at least 1.</param>
    /// <param name="data">What it carries for good; the application may allow less than <see cref="FungibleAssets.LargestDataBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="data"/> is longer than any application allows.</exception>
    public static byte[] Create(Hash256 asset, ulong limit, ReadOnlySpan<byte> data) =>
        new AssetCall(AssetOperation.Create, asset, limit, Data: data.ToArray()).Encode();

    /// <summary>Issues units of an asset whose issuer is the sender.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="units">How many; at least 1.</param>
    /// <param name="receiver">Whose they are to be; not root.</param>
    public static byte[] Issue(Hash256 asset, ulong units, Address receiver) => new AssetCall(AssetOperation.Issue, asset, units, receiver).Encode();

    /// <summary>Gives units of the sender's to someone.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="units">How many; at least 1.</param>
    /// <param name="receiver">Whose they are to be; not root.</param>
    public static byte[] Transfer(Hash256 asset, ulong units, Address receiver) => new AssetCall(AssetOperation.Transfer, asset, units, receiver).Encode();

    /// <summary>Burns units of the sender's: the supply is less, and may be issued again.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="units">How many; at least 1.</param>
    public static byte[] Burn(Hash256 asset, ulong units) => new AssetCall(AssetOperation.Burn, asset, units).Encode();
}
