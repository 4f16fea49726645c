using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger;

/// <summary>
/// The first paper's TXID (Table III): 32 bytes that a sender uses once. In the standard format its first eight bytes
/// are the last height at which the transaction is valid, big-endian, and the other 24 are random.
/// </summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct TransactionTag(Hash256 Value)
{
    /// <summary>The first eight bytes as a height; meaningful where the format's tags expire.</summary>
    public ulong ValidUntil => BinaryPrimitives.ReadUInt64BigEndian(Value.AsSpan());

    /// <summary>Draws a tag of 32 random bytes, for formats whose tags never expire.</summary>
    /// <param name="entropy">Where the random bytes come from.</param>
    public static TransactionTag Random(IEntropySource entropy)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        entropy.Fill(bytes);
        return new TransactionTag(new Hash256(bytes));
    }

    /// <summary>Draws a tag that is valid up to a height.</summary>
    /// <param name="validUntil">The last height at which a block may hold the transaction.</param>
    /// <param name="entropy">Where the other 24 bytes come from.</param>
    public static TransactionTag Expiring(ulong validUntil, IEntropySource entropy)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, validUntil);
        entropy.Fill(bytes[sizeof(ulong)..]);
        return new TransactionTag(new Hash256(bytes));
    }

    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();
}
