using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The key under which a ledger remembers used tags as fingerprints of 128 bits. Drawn once for each ledger and kept beside
/// it; whoever knows it could make tags that look used. The default value is a key of zero bytes, for states that meet no strangers.
/// </summary>
/// <remarks>
/// A fingerprint is SipHash-2-4-128 of sender‖tag. A match is taken for the tag itself: two of n tags share one with a chance
/// of n²/2¹²⁹, below 10⁻²⁴ for ten million.
/// </remarks>
[JsonConverter(typeof(NoJsonConverter<TagKey>))]
public readonly record struct TagKey
{
    /// <summary>The length in bytes: 16.</summary>
    public const int Size = 16;

    /// <summary>The name of the record under which a ledger's store keeps it.</summary>
    public const string RecordName = "tag key";

    private readonly ulong _low;
    private readonly ulong _high;

    /// <summary>Reads a key that <see cref="ToArray"/> wrote.</summary>
    /// <param name="bytes">Exactly 16 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> has another length.</exception>
    public TagKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"A tag key has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]);
    }

    /// <summary>Draws a key.</summary>
    /// <param name="entropy">Where the random bytes come from.</param>
    public static TagKey Draw(IEntropySource entropy)
    {
        Span<byte> bytes = stackalloc byte[Size];
        entropy.Fill(bytes);
        return new TagKey(bytes);
    }

    /// <summary>Returns the 16 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(sizeof(ulong)), _high);
        return bytes;
    }

    /// <summary>Returns nothing of the key: it is a secret.</summary>
    public override string ToString() => "a tag key";

    /// <summary>What is remembered of a tag that a sender used.</summary>
    [SkipLocalsInit]
    internal UInt128 Fingerprint(Address sender, TransactionTag tag)
    {
        Span<byte> message = stackalloc byte[2 * Hash256.Size];
        sender.Value.CopyTo(message);
        tag.Value.CopyTo(message[Hash256.Size..]);
        return SipHash128.Hash(_low, _high, message);
    }
}
