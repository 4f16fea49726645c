namespace Coniunctum.Ledger.Formats;

/// <summary>
/// A format whose digest is HH of a row of hashes, one for each field of the header (the first paper's section II.C). A
/// search computes the row once and then changes slots of 32 bytes: that which holds H(be8(nonce)), and that of the time.
/// </summary>
public interface IFieldHashFormat : IBlockFormat
{
    /// <summary>The length of the row in bytes: 32 for each field.</summary>
    int FieldHashesSize { get; }

    /// <summary>Where in the row H(be8(nonce)) begins, in bytes.</summary>
    int NonceHashOffset { get; }

    /// <summary>Where in the row H(be8(timestamp)) begins, in bytes; <c>null</c> where headers carry no time.</summary>
    int? TimestampHashOffset { get; }

    /// <summary>Writes the row. The header's digest is HH of it.</summary>
    /// <param name="header">The header.</param>
    /// <param name="destination">Exactly <see cref="FieldHashesSize"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length, or the format cannot express the header.</exception>
    void WriteFieldHashes(BlockHeader header, Span<byte> destination);
}
