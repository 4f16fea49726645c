using System.Buffers;
using System.Runtime.InteropServices;
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
        ReadOnlyMemory<byte> encoded = index == 0 ? _buffer.WrittenSpan.ToArray() : default;
        return Hash(transaction, index, _buffer.WrittenCount) with { Encoded = encoded };
    }

    /// <summary>Decodes and hashes a transaction from untrusted bytes.</summary>
    /// <param name="encoded">
    /// The bytes, which the transaction keeps, so that they must not change afterwards; a copy, where they are a small part of a
    /// larger array.
    /// </param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    /// <param name="transaction">The transaction, or <c>null</c>.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, LedgerLimits limits, out HashedTransaction? transaction)
    {
        ArgumentNullException.ThrowIfNull(limits);
        transaction = null;
        DecodeOutcome outcome = Read(encoded, limits, out Transaction? decoded);
        if (decoded is null) return outcome;
        ReadOnlyMemory<byte> own = encoded;
        if (!IsOwn(encoded))
        {
            own = encoded.ToArray();
            Read(own, limits, out decoded);
        }

        transaction = Hash(decoded!, 0, own.Length) with { Encoded = own };
        return outcome;
    }

    private DecodeOutcome Read(ReadOnlyMemory<byte> encoded, LedgerLimits limits, out Transaction? transaction)
    {
        var reader = new CanonicalReader(encoded);
        Transaction decoded = _format.Codec.ReadTransaction(ref reader, 0, limits);
        DecodeOutcome outcome = reader.End();
        transaction = outcome.IsValid ? decoded : null;
        return outcome;
    }

    private HashedTransaction Hash(Transaction transaction, int index, int size) =>
        new(transaction, _format.SigningDigest(transaction, chainId), _format.Leaf(transaction, index), size);

    /// <summary>Whether bytes keep no much larger array in memory, such as a block's.</summary>
    private static bool IsOwn(ReadOnlyMemory<byte> encoded) =>
        MemoryMarshal.TryGetArray(encoded, out ArraySegment<byte> segment) && segment.Array!.Length <= 2 * encoded.Length;
}
