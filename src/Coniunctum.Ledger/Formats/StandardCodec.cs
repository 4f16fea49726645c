using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// The standard format on the wire: a block is [header, seal, transactions, certificate], a header [ruleset, height, nonce,
/// previous, merkleRoot, target, timestamp, stateRoot, historyRoot], a transaction [tag, sender, receiver, amount, fee,
/// payload, signature]. The certificate is nil where there is none.
/// </summary>
internal sealed class StandardCodec : IBlockCodec
{
    // Room for every signature scheme; the chain's own asks for its exact length.
    private const int MaxSignatureBytes = 128;

    private const int BlockFields = 4;
    private const int HeaderFields = 9;
    private const int TransactionFields = 7;

    private StandardCodec()
    {
    }

    /// <summary>The codec; it holds no state.</summary>
    public static StandardCodec Instance { get; } = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The timestamp is 2⁵³ or more.</exception>
    public void WriteHeader(ref CanonicalWriter writer, BlockHeader header)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(header.Timestamp.UnixMilliseconds, Timestamp.Limit, nameof(header));
        writer.WriteArrayHeader(HeaderFields);
        writer.WriteUInt64(header.Ruleset);
        writer.WriteUInt64(header.Height);
        writer.WriteUInt64(header.Nonce);
        writer.WriteHash256(header.Previous.Value);
        writer.WriteHash256(header.MerkleRoot);
        writer.WriteHash256(header.Target);
        writer.WriteUInt64(header.Timestamp.UnixMilliseconds);
        writer.WriteHash256(header.StateRoot);
        writer.WriteHash256(header.HistoryRoot);
    }

    /// <inheritdoc/>
    public BlockHeader ReadHeader(ref CanonicalReader reader)
    {
        // Members are initialised in the order in which they are written here, which is the order on the wire.
        reader.ReadArrayHeader(HeaderFields);
        return new BlockHeader
        {
            Ruleset = reader.ReadUInt16(),
            Height = reader.ReadUInt64(),
            Nonce = reader.ReadUInt64(),
            Previous = new BlockId(reader.ReadHash256()),
            MerkleRoot = reader.ReadHash256(),
            Target = reader.ReadHash256(),
            Timestamp = new Timestamp(reader.ReadUInt64(Timestamp.Limit - 1)),
            StateRoot = reader.ReadHash256(),
            HistoryRoot = reader.ReadHash256(),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The signature is longer than 128 bytes.</exception>
    public void WriteTransaction(ref CanonicalWriter writer, Transaction transaction, int index)
    {
        writer.WriteArrayHeader(TransactionFields);
        writer.WriteHash256(transaction.Tag.Value);
        writer.WriteHash256(transaction.Sender.Value);
        writer.WriteHash256(transaction.Receiver.Value);
        writer.WriteUInt64(transaction.Amount);
        writer.WriteUInt64(transaction.Fee);
        writer.WriteFixed(transaction.Payload.Span);
        writer.WriteBytes(transaction.Signature.Span, MaxSignatureBytes);
    }

    /// <inheritdoc/>
    public Transaction ReadTransaction(ref CanonicalReader reader, int index, LedgerLimits limits)
    {
        reader.ReadArrayHeader(TransactionFields);
        return new Transaction
        {
            Tag = new TransactionTag(reader.ReadHash256()),
            Sender = new Address(reader.ReadHash256()),
            Receiver = new Address(reader.ReadHash256()),
            Amount = reader.ReadUInt64(),
            Fee = reader.ReadUInt64(),
            Payload = reader.ReadBytes(limits.MaxPayloadBytes),
            Signature = reader.ReadBytes(MaxSignatureBytes),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The header or a transaction cannot be written.</exception>
    public void WriteBlock(ref CanonicalWriter writer, Block block)
    {
        writer.WriteArrayHeader(BlockFields);
        WriteHeader(ref writer, block.Header);
        writer.WriteFixed(block.Seal.Span);
        TransactionList.Write(ref writer, block.Transactions, this);
        if (block.Certificate is { } certificate)
            writer.WriteFixed(certificate.Span);
        else
            writer.WriteNil();
    }

    /// <inheritdoc/>
    public BlockHeader ReadStart(ref CanonicalReader reader, LedgerLimits limits, out ReadOnlyMemory<byte> seal)
    {
        reader.ReadArrayHeader(BlockFields);
        BlockHeader header = ReadHeader(ref reader);
        seal = reader.ReadBytes(limits.MaxSealBytes);
        return header;
    }

    /// <inheritdoc/>
    public Block ReadBlock(ref CanonicalReader reader, LedgerLimits limits)
    {
        BlockHeader header = ReadStart(ref reader, limits, out ReadOnlyMemory<byte> seal);
        return new Block
        {
            Header = header,
            Seal = seal,
            Transactions = TransactionList.Read(ref reader, this, limits),
            Certificate = ReadCertificate(ref reader, limits),
        };
    }

    /// <summary>The most bytes that a transaction with a payload of some length takes: heads, fields and the longest signature.</summary>
    internal static int MaxTransactionBytes(int payloadBytes) =>
        1 + (3 * (2 + Hash256.Size)) + (2 * (1 + sizeof(ulong))) + (5 + payloadBytes) + (2 + MaxSignatureBytes);

    private static ReadOnlyMemory<byte>? ReadCertificate(ref CanonicalReader reader, LedgerLimits limits)
    {
        // Not a conditional expression: its null would become empty memory, by way of an array.
        if (reader.TryReadNil()) return null;
        return reader.ReadBytes(limits.MaxCertificateBytes);
    }
}
