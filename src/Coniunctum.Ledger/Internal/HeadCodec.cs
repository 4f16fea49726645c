using System.Buffers;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Internal;

/// <summary>Blocks without their transactions as stores keep them: canonical MessagePack [header, seal, certificate or nil].</summary>
public static class HeadCodec
{
    private const int Fields = 3;

    /// <summary>Writes the head of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="format">Its format.</param>
    /// <param name="ruleState">What the consensus rule carries on after it, as the rule encodes it.</param>
    /// <param name="chainWeight">The weight of the chain up to it.</param>
    public static StoredHead Write(HashedBlock block, IBlockFormat format, ReadOnlyMemory<byte> ruleState, in Work chainWeight)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(format);
        return new StoredHead(block.Id, block.Header.Height, Encode(new BlockHead(block.Header, block.Block.Seal, block.Block.Certificate), format), ruleState, chainWeight);
    }

    /// <summary>Returns the encoding of a head.</summary>
    /// <param name="head">The head.</param>
    /// <param name="format">Its format.</param>
    public static ReadOnlyMemory<byte> Encode(BlockHead head, IBlockFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(head);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        format.Codec.WriteHeader(ref writer, head.Header);
        writer.WriteFixed(head.Seal.Span);
        if (head.Certificate is { } certificate)
            writer.WriteFixed(certificate.Span);
        else
            writer.WriteNil();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads a head back.</summary>
    /// <param name="head">The stored head; seal and certificate are slices of it.</param>
    /// <param name="format">The chain's format.</param>
    /// <param name="limits">The chain's limits.</param>
    /// <exception cref="InvalidDataException">The bytes are no head, or not that block's: the store is damaged.</exception>
    public static BlockHead Read(StoredHead head, IBlockFormat format, LedgerLimits limits)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(limits);
        DecodeOutcome outcome = Decode(head.Header, format, limits, out BlockHead? read);
        if (read is null) throw new InvalidDataException($"The store's header at height {head.Height} cannot be read: {outcome}");
        return new BlockId(format.Digest(read.Header)) == head.Id
            ? read
            : throw new InvalidDataException($"The store's header at height {head.Height} is not that of block {head.Id}.");
    }

    /// <summary>Reads a head from untrusted bytes.</summary>
    /// <param name="encoded">The bytes; seal and certificate are slices of them.</param>
    /// <param name="format">The chain's format.</param>
    /// <param name="limits">The chain's limits.</param>
    /// <param name="head">The head, or <c>null</c>.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, IBlockFormat format, LedgerLimits limits, out BlockHead? head)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(limits);
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        BlockHeader header = format.Codec.ReadHeader(ref reader);
        ReadOnlyMemory<byte> seal = reader.ReadBytes(limits.MaxSealBytes);
        ReadOnlyMemory<byte>? certificate = null;
        if (!reader.TryReadNil()) certificate = reader.ReadBytes(limits.MaxCertificateBytes);
        DecodeOutcome outcome = reader.End();
        head = outcome.IsValid ? new BlockHead(header, seal, certificate) : null;
        return outcome;
    }
}
