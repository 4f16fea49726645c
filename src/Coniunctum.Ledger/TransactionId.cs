using Coniunctum.Crypto;

namespace Coniunctum.Ledger;

/// <summary>The identity of a transaction that people see: the digest that its sender signed.</summary>
/// <param name="Value">The digest.</param>
public readonly record struct TransactionId(Hash256 Value)
{
    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();
}
