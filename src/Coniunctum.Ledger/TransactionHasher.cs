using System.Buffers;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger;

/// <summary>Turns transactions into <see cref="HashedTransaction"/>s for one chain. Not safe to use from several threads at once.</summary>
/// <param name="format">The chain's format.</param>
/// <param name="chainId">The chain's identity.</param>
public sealed class TransactionHasher(IBlockFormat format, BlockId chainId)
{
    private readonly IBlockFormat _format = format ?? throw new ArgumentNullException(nameof(format));
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    /// <summary>Hashes and measures a transaction.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="index">Its position in the block; 0 outside of blocks.</param>
    public HashedTransaction Hash(Transaction transaction, int index = 0)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        _buffer.ResetWrittenCount();
        var writer = new CanonicalWriter(_buffer);
        _format.Codec.WriteTransaction(ref writer, transaction, index);
        writer.Flush();
        return new HashedTransaction(
            transaction, _format.SigningDigest(transaction, chainId), _format.Leaf(transaction, index), _buffer.WrittenCount);
    }

    /// <summary>Decodes and hashes a transaction from untrusted bytes.</summary>
    /// <param name="encoded">The bytes; the transaction keeps slices of them.</param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    /// <param name="transaction">The transaction, or <c>null</c>.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, LedgerLimits limits, out HashedTransaction? transaction)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var reader = new CanonicalReader(encoded);
        Transaction decoded = _format.Codec.ReadTransaction(ref reader, 0, limits);
        reader.End();
        transaction = reader.IsFaulted ? null : Hash(decoded);
        return reader.Fault;
    }
}
