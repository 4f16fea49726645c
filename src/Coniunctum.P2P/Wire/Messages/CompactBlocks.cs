using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>A transaction at its place in a block.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Bytes">Its encoding.</param>
internal sealed record PlacedTransaction(uint Index, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// A block whose transactions the receiver probably has: short ids of the leaves stand in for them. Where two leaves share a short
/// id, the whole block is asked for.
/// </summary>
/// <param name="Head">Header, seal and certificate.</param>
/// <param name="Salt">The key of the short ids, drawn for each block and receiver.</param>
/// <param name="Prefilled">Transactions that the receiver cannot have, such as the reward, by rising place.</param>
/// <param name="ShortIds">Six bytes for each other transaction, in their order, one behind the other.</param>
internal sealed record Compact(EncodedHead Head, ulong Salt, ImmutableArray<PlacedTransaction> Prefilled, ReadOnlyMemory<byte> ShortIds) : WireMessage
{
    public override MessageKind Kind => MessageKind.Compact;

    public static Compact Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(4);
        return new Compact(
            EncodedHead.Read(ref reader, limits),
            reader.ReadUInt64(),
            ReadPrefilled(ref reader, limits),
            WireReading.ReadPacked(ref reader, WireLimits.BlockTransactions, WireLimits.ShortIdBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(4);
        Head.Write(ref writer, limits);
        writer.WriteUInt64(Salt);
        writer.WriteListHeader(Prefilled.Length, WireLimits.BlockTransactions);
        foreach (PlacedTransaction placed in Prefilled)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64(placed.Index);
            writer.WriteBytes(placed.Bytes.Span, limits.TransactionBytes);
        }

        writer.WriteBytes(ShortIds.Span, WireLimits.BlockTransactions * WireLimits.ShortIdBytes);
    }

    private static ImmutableArray<PlacedTransaction> ReadPrefilled(ref CanonicalReader reader, WireLimits limits)
    {
        ulong least = 0;
        return WireReading.ReadList(ref reader, WireLimits.BlockTransactions, (ref CanonicalReader item) =>
        {
            item.ReadArrayHeader(2);
            ulong index = item.ReadUInt64(WireLimits.BlockTransactions - 1);
            if (index < least) item.Reject(least, index);
            least = index + 1;
            return new PlacedTransaction((uint)index, item.ReadBytes(limits.TransactionBytes));
        });
    }
}

/// <summary>Asks for one of the sender's last blocks compactly. Where it is none, nothing comes.</summary>
/// <param name="BlockId">The block.</param>
internal sealed record GetCompact(Hash256 BlockId) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetCompact;

    public static GetCompact Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new GetCompact(reader.ReadHash256());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteHash256(BlockId);
    }
}

/// <summary>Asks for transactions of a block that was sent compactly.</summary>
/// <param name="BlockId">The block.</param>
/// <param name="Bitmap">A bit for each place, the first one in the highest bit of the first byte; set where the transaction is wanted. At least one byte.</param>
internal sealed record GetParts(Hash256 BlockId, ReadOnlyMemory<byte> Bitmap) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetParts;

    public static GetParts Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        Hash256 block = reader.ReadHash256();
        ReadOnlyMemory<byte> bitmap = reader.ReadBytes(WireLimits.BlockTransactions / 8);
        if (bitmap.IsEmpty) reader.Reject(1, 0);
        return new GetParts(block, bitmap);
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        writer.WriteBytes(Bitmap.Span, WireLimits.BlockTransactions / 8);
    }
}

/// <summary>The answer to <see cref="GetParts"/>: the wanted transactions in their order, or none where the sender has the block no more.</summary>
/// <param name="BlockId">The block.</param>
/// <param name="Transactions">Their encodings.</param>
internal sealed record Parts(Hash256 BlockId, ImmutableArray<ReadOnlyMemory<byte>> Transactions) : WireMessage
{
    public override MessageKind Kind => MessageKind.Parts;

    public static Parts Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Parts(
            reader.ReadHash256(),
            WireReading.ReadList(ref reader, WireLimits.BlockTransactions, (ref CanonicalReader item) => item.ReadBytes(limits.TransactionBytes)));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        writer.WriteListHeader(Transactions.Length, WireLimits.BlockTransactions);
        foreach (ReadOnlyMemory<byte> transaction in Transactions) writer.WriteBytes(transaction.Span, limits.TransactionBytes);
    }
}
