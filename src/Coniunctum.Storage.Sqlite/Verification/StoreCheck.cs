using Coniunctum.Ledger;

namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>What a verification looks at.</summary>
public sealed record StoreCheck
{
    /// <summary>
    /// The chain's profile. With it headers and blocks are also decoded and hashed: that they are what their identities say, that
    /// each follows the one before, and that each block holds the transactions that its header commits to. Without it only
    /// checksums are compared.
    /// </summary>
    public ChainProfile? Profile { get; init; }

    /// <summary>Whether damage that can be rebuilt or dropped is. Otherwise nothing is changed.</summary>
    public bool Repair { get; init; }
}
