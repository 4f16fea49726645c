using System.Buffers;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger;

/// <summary>A transaction together with the hashes that the state machines need, computed once by whoever decoded it.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Id">The digest that its sender signed.</param>
/// <param name="Leaf">The Merkle leaf at position 0: what relay calls it, since it covers the signature too.</param>
/// <param name="Size">The length of its encoding in bytes.</param>
[JsonConverter(typeof(NoJsonConverter<HashedTransaction>))]
public sealed record HashedTransaction(Transaction Transaction, TransactionId Id, Hash256 Leaf, int Size)
{
    // What was accepted once is not measured again.
    private static readonly LedgerLimits s_noLimits = new() { MaxPayloadBytes = int.MaxValue };

    /// <summary>
    /// The canonical encoding outside of blocks, by which it is relayed: bytes of its own. Empty where it stands in a block, whose
    /// encoding holds it; <see cref="Detach"/> gives it some.
    /// </summary>
    public ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>Two are the same when their leaves are, which cover all that they hold; whether one has bytes of its own does not matter.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(HashedTransaction? other) => other is not null && Leaf == other.Leaf && Id == other.Id;

    /// <inheritdoc/>
    public override int GetHashCode() => Leaf.GetHashCode();

    /// <summary>Returns the transaction as it is outside of blocks, with bytes of its own, so that it keeps no block in memory.</summary>
    /// <param name="format">Its format.</param>
    /// <exception cref="ArgumentException">The format cannot express the transaction.</exception>
    public HashedTransaction Detach(IBlockFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (!Encoded.IsEmpty) return this;
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        format.Codec.WriteTransaction(ref writer, Transaction, 0);
        writer.Flush();
        byte[] encoded = buffer.WrittenSpan.ToArray();
        var reader = new CanonicalReader(encoded);
        Transaction own = format.Codec.ReadTransaction(ref reader, 0, s_noLimits);
        return new HashedTransaction(own, Id, format.Leaf(own, 0), encoded.Length) { Encoded = encoded };
    }
}
