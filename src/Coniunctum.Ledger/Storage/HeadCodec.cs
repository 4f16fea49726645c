using System.Buffers;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.Storage;

/// <summary>Headers as stores keep them: canonical MessagePack [header, seal].</summary>
public static class HeadCodec
{
    private const int Fields = 2;

    /// <summary>Writes the head of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="format">Its format.</param>
    /// <param name="ruleState">What the consensus rule carries on after it, as the rule encodes it.</param>
    /// <param name="chainWeight">The weight of the chain up to it.</param>
    public static StoredHead Write(HashedBlock block, IBlockFormat format, ReadOnlyMemory<byte> ruleState, in Work chainWeight)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(format);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        format.Codec.WriteHeader(ref writer, block.Header);
        writer.WriteFixed(block.Block.Seal.Span);
        writer.Flush();
        return new StoredHead(block.Id, block.Header.Height, buffer.WrittenMemory, ruleState, chainWeight);
    }

    /// <summary>Reads a header and its seal back.</summary>
    /// <param name="head">The stored head.</param>
    /// <param name="format">The chain's format.</param>
    /// <param name="limits">The chain's limits.</param>
    /// <exception cref="InvalidDataException">The bytes are no header, or not that block's: the store is damaged.</exception>
    public static (BlockHeader Header, ReadOnlyMemory<byte> Seal) Read(StoredHead head, IBlockFormat format, LedgerLimits limits)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(limits);
        DecodeOutcome fault = Decode(head.Header, format, limits, out BlockHeader? header, out ReadOnlyMemory<byte> seal);
        if (header is null) throw new InvalidDataException($"The store's header at height {head.Height} cannot be read: {fault}");
        return new BlockId(format.Digest(header)) == head.Id
            ? (header, seal)
            : throw new InvalidDataException($"The store's header at height {head.Height} is not that of block {head.Id}.");
    }

    /// <summary>Reads a header and its seal from untrusted bytes.</summary>
    /// <param name="encoded">The bytes; the seal is a slice of them.</param>
    /// <param name="format">The chain's format.</param>
    /// <param name="limits">The chain's limits.</param>
    /// <param name="header">The header, or <c>null</c>.</param>
    /// <param name="seal">Its seal.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public static DecodeOutcome Decode(
        ReadOnlyMemory<byte> encoded, IBlockFormat format, LedgerLimits limits, out BlockHeader? header, out ReadOnlyMemory<byte> seal)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(limits);
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        header = format.Codec.ReadHeader(ref reader);
        seal = reader.ReadBytes(limits.MaxSealBytes);
        DecodeOutcome fault = reader.End();
        if (!fault.IsValid) header = null;
        return fault;
    }
}
