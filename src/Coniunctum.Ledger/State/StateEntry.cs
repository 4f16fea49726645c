using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// One entry of the state: an account with its balance, or an application's key with its value. It lies in the state tree's
/// arrays as it is; there is no other table.
/// </summary>
internal struct StateEntry
{
    /// <summary>Where it stands in the tree.</summary>
    public Hash256 Key;

    /// <summary>The hash of its leaf; zero until it is asked for.</summary>
    public Hash256 Hash;

    /// <summary>Whose account it is; unused in an application's entry.</summary>
    public Address Owner;

    /// <summary>The account's balance, in base units.</summary>
    public ulong Balance;

    /// <summary>The application's key and value; <c>null</c> in an account.</summary>
    public ApplicationEntry? Application;
}
