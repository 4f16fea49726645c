using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// int32coin on the wire: a block is the array of Table IV's fields [height, nonce, previous, merkleRoot, target,
/// transactions], a header its first five, a transaction the array of Table III's fields [sequence, sender, receiver,
/// amount, signature, txid].
/// </summary>
internal sealed class Int32CoinCodec : IBlockCodec
{
    /// <summary>The length of a signature in bytes: r, s and v. The paper's 256 bits cannot hold a recoverable one.</summary>
    internal const int SignatureBytes = 65;

    private const int HeaderFields = 5;
    private const int BlockFields = 6;
    private const int TransactionFields = 6;

    private Int32CoinCodec()
    {
    }

    /// <summary>The codec; it holds no state.</summary>
    public static Int32CoinCodec Instance { get; } = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The header has a field that the format lacks.</exception>
    public void WriteHeader(ref CanonicalWriter writer, BlockHeader header)
    {
        writer.WriteArrayHeader(HeaderFields);
        WriteHeaderFields(ref writer, header);
    }

    /// <inheritdoc/>
    public BlockHeader ReadHeader(ref CanonicalReader reader)
    {
        reader.ReadArrayHeader(HeaderFields);
        return ReadHeaderFields(ref reader);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transaction has a field that the format lacks, or one out of its range.</exception>
    public void WriteTransaction(ref CanonicalWriter writer, Transaction transaction, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ThrowUnlessExpressible(transaction);
        ThrowUnlessSigned(transaction);
        writer.WriteArrayHeader(TransactionFields);
        writer.WriteUInt64((uint)index);
        writer.WriteHash256(transaction.Sender.Value);
        writer.WriteHash256(transaction.Receiver.Value);
        writer.WriteUInt64(transaction.Amount);
        writer.WriteFixed(transaction.Signature.Span);
        writer.WriteHash256(transaction.Tag.Value);
    }

    /// <inheritdoc/>
    public Transaction ReadTransaction(ref CanonicalReader reader, int index, LedgerLimits limits)
    {
        reader.ReadArrayHeader(TransactionFields);
        uint sequence = reader.ReadUInt32();
        if (sequence != (uint)index) reader.Reject((ulong)index, sequence);
        var sender = new Address(reader.ReadHash256());
        var receiver = new Address(reader.ReadHash256());
        ulong amount = reader.ReadUInt64(int.MaxValue);
        ReadOnlyMemory<byte> signature = reader.ReadBytes(SignatureBytes);
        if (signature.Length != SignatureBytes) reader.Reject(SignatureBytes, (ulong)signature.Length);
        return new Transaction
        {
            Sender = sender,
            Receiver = receiver,
            Amount = amount,
            Signature = signature,
            Tag = new TransactionTag(reader.ReadHash256()),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The block has a field that the format lacks, or one out of its range.</exception>
    public void WriteBlock(ref CanonicalWriter writer, Block block)
    {
        if (!block.Seal.IsEmpty || block.Certificate is not null)
            throw new ArgumentException("An int32coin block has neither seal nor certificate.", nameof(block));
        writer.WriteArrayHeader(BlockFields);
        WriteHeaderFields(ref writer, block.Header);
        TransactionList.Write(ref writer, block.Transactions, this);
    }

    /// <inheritdoc/>
    public BlockHeader ReadStart(ref CanonicalReader reader, LedgerLimits limits, out ReadOnlyMemory<byte> seal)
    {
        seal = default;
        reader.ReadArrayHeader(BlockFields);
        return ReadHeaderFields(ref reader);
    }

    /// <inheritdoc/>
    public Block ReadBlock(ref CanonicalReader reader, LedgerLimits limits)
    {
        BlockHeader header = ReadStart(ref reader, limits, out _);
        return new Block { Header = header, Transactions = TransactionList.Read(ref reader, this, limits) };
    }

    /// <summary>The length of a transaction's encoding in bytes.</summary>
    internal static int TransactionBytes(Transaction transaction, int index) =>
        1 + CanonicalWriter.UInt64Length((ulong)index) + CanonicalWriter.UInt64Length(transaction.Amount)
        + (3 * CanonicalWriter.BytesLength(Hash256.Size)) + CanonicalWriter.BytesLength(SignatureBytes);

    /// <summary>Throws when a header says more than Table IV's fields can.</summary>
    internal static void ThrowUnlessExpressible(BlockHeader header)
    {
        if (header.Ruleset != 0 || header.Timestamp != default || !header.StateRoot.IsZero || !header.HistoryRoot.IsZero)
            throw new ArgumentException("An int32coin header has neither ruleset, timestamp, state root nor history root.", nameof(header));
    }

    /// <summary>Throws when a transaction says more than Table III's fields can; its signature aside, which the digest lacks.</summary>
    internal static void ThrowUnlessExpressible(Transaction transaction)
    {
        if (transaction.Fee != 0 || !transaction.Payload.IsEmpty)
            throw new ArgumentException("An int32coin transaction has neither fee nor payload.", nameof(transaction));
        if (transaction.Amount > int.MaxValue)
            throw new ArgumentException($"An int32coin amount is at most {int.MaxValue}, not {transaction.Amount}.", nameof(transaction));
    }

    /// <summary>Throws when a transaction's signature has not the one length that the format has room for.</summary>
    internal static void ThrowUnlessSigned(Transaction transaction)
    {
        if (transaction.Signature.Length != SignatureBytes)
        {
            throw new ArgumentException(
                $"An int32coin signature has {SignatureBytes} bytes, not {transaction.Signature.Length}.", nameof(transaction));
        }
    }

    private static void WriteHeaderFields(ref CanonicalWriter writer, BlockHeader header)
    {
        ThrowUnlessExpressible(header);
        writer.WriteUInt64(header.Height);
        writer.WriteUInt64(header.Nonce);
        writer.WriteHash256(header.Previous.Value);
        writer.WriteHash256(header.MerkleRoot);
        writer.WriteHash256(header.Target);
    }

    // Members are initialised in the order in which they are written here, which is the order on the wire.
    private static BlockHeader ReadHeaderFields(ref CanonicalReader reader) => new()
    {
        Height = reader.ReadUInt64(),
        Nonce = reader.ReadUInt64(),
        Previous = new BlockId(reader.ReadHash256()),
        MerkleRoot = reader.ReadHash256(),
        Target = reader.ReadHash256(),
    };
}
