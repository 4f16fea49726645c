using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// Writes and reads a format's blocks in canonical MessagePack. Readers never throw on untrusted bytes: a fault stays in
/// the reader, and what they return then must not be used.
/// </summary>
public interface IBlockCodec
{
    /// <summary>Writes a header.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="header">The header.</param>
    void WriteHeader(ref CanonicalWriter writer, BlockHeader header);

    /// <summary>Reads a header.</summary>
    /// <param name="reader">Where from; faulted when the bytes are no header.</param>
    BlockHeader ReadHeader(ref CanonicalReader reader);

    /// <summary>Writes a transaction.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="index">Its position in the block, where the format writes it; 0 outside of blocks.</param>
    void WriteTransaction(ref CanonicalWriter writer, Transaction transaction, int index);

    /// <summary>Reads a transaction. Payload and signature are slices of the source where that is contiguous.</summary>
    /// <param name="reader">Where from; faulted when the bytes are no transaction within the limits.</param>
    /// <param name="index">Its position in the block, which must match where the format writes it; 0 outside of blocks.</param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    Transaction ReadTransaction(ref CanonicalReader reader, int index, LedgerLimits limits);

    /// <summary>Writes a block.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="block">The block.</param>
    void WriteBlock(ref CanonicalWriter writer, Block block);

    /// <summary>Reads what a block begins with, header and seal, as <see cref="ReadBlock"/> does, and nothing behind it.</summary>
    /// <param name="reader">Where from; faulted when the bytes begin no block.</param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    /// <param name="seal">The seal; empty in a format that has none.</param>
    BlockHeader ReadStart(ref CanonicalReader reader, LedgerLimits limits, out ReadOnlyMemory<byte> seal);

    /// <summary>Reads a block.</summary>
    /// <param name="reader">Where from; faulted when the bytes are no block within the limits.</param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    Block ReadBlock(ref CanonicalReader reader, LedgerLimits limits);
}
