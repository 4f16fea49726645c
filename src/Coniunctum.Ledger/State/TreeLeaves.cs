using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// An account in the state tree: there is no other table of balances. Blocks of one to
/// <see cref="TreeNodes.MaxAccounts"/> of them, in rising order of keys, are nodes of the tree.
/// </summary>
internal struct AccountLeaf
{
    /// <summary>Where it stands in the tree.</summary>
    public Hash256 Key;

    /// <summary>The leaf's hash; zero until it is asked for.</summary>
    public Hash256 Hash;

    public Address Owner;

    /// <summary>The balance in base units; not 0.</summary>
    public ulong Balance;
}

/// <summary>An application's entry in the state tree. Whoever makes one must not change the bytes afterwards.</summary>
internal sealed class ApplicationLeaf
{
    /// <summary>Where it stands in the tree.</summary>
    public readonly Hash256 Key;

    /// <summary>The leaf's hash; zero until it is asked for.</summary>
    public Hash256 Hash;

    public ApplicationLeaf(in Hash256 key, uint app, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value)
    {
        Key = key;
        App = app;
        Name = name;
        Value = value;
    }

    public uint App { get; }

    /// <summary>The application's own key.</summary>
    public ReadOnlyMemory<byte> Name { get; }

    /// <summary>The value; not empty.</summary>
    public ReadOnlyMemory<byte> Value { get; }
}
