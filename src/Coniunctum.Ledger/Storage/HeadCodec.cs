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
        var reader = new CanonicalReader(head.Header);
        reader.ReadArrayHeader(Fields);
        BlockHeader header = format.Codec.ReadHeader(ref reader);
        ReadOnlyMemory<byte> seal = reader.ReadBytes(limits.MaxSealBytes);
        reader.End();
        if (reader.IsFaulted) throw new InvalidDataException($"The store's header at height {head.Height} cannot be read: {reader.Fault}");
        return new BlockId(format.Digest(header)) == head.Id
            ? (header, seal)
            : throw new InvalidDataException($"The store's header at height {head.Height} is not that of block {head.Id}.");
    }
}
