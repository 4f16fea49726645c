using Coniunctum.Crypto;

namespace Coniunctum.Ledger;

/// <summary>The identity of a block: the digest of its header.</summary>
/// <param name="Value">The digest.</param>
public readonly record struct BlockId(Hash256 Value)
{
    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();
}
