namespace Coniunctum.Applications;

/// <summary>What a call of <see cref="FungibleAssets"/> asks for; the numbers are those of its encoding.</summary>
internal enum AssetOperation
{
    None = 0,
    Create = 1,
    Issue = 2,
    Transfer = 3,
    Burn = 4,
}
