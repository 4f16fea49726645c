using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>
/// What a validator that is locked must be able to show to others, or no one else might ever vote for the block: the block, and
/// the prevotes on which it locked. Durable before it precommits.
/// </summary>
/// <param name="Block">The block's encoding.</param>
/// <param name="Prevotes">The prevotes of more than two thirds.</param>
internal sealed record BftLock(ReadOnlyMemory<byte> Block, ImmutableArray<BftMessage> Prevotes)
{
    public ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.WriteFixed(Block.Span);
        writer.WriteFixed(WriteVotes(Prevotes).Span);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>
    /// Returns where a validator stands after a start. As valid counts only what its lock can show: of a later block it may have
    /// seen the prevotes too, but they, or the block, are lost, and it could propose nothing at all.
    /// </summary>
    /// <param name="shown">The lock's record, of any height, or <c>null</c>.</param>
    /// <param name="record">The record of what it has signed.</param>
    public static RoundState ShownBy(BftLock? shown, BftRecord record) => shown is { Prevotes: [var prevote, ..] } && prevote.Height == record.Height
        ? record.Control with { Valid = prevote.Block, ValidRound = prevote.Round }
        : record.Control with { Valid = null, ValidRound = -1 };

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such record.</exception>
    public static BftLock Decode(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(2);
        var record = new BftLock(reader.ReadBytes(encoded.Length), ReadVotes(reader.ReadBytes(encoded.Length)));
        return reader.End().IsValid
            ? record
            : throw new InvalidDataException($"The store's record of what this validator is locked on cannot be read: {reader.Outcome}.");
    }

    private static ReadOnlyMemory<byte> WriteVotes(ImmutableArray<BftMessage> votes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteListHeader(votes.Length, ValidatorSet.MaxCount);
        foreach (BftMessage vote in votes) vote.Write(ref writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads votes; none when the bytes are something else.</summary>
    private static ImmutableArray<BftMessage> ReadVotes(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        int count = reader.ReadListHeader(ValidatorSet.MaxCount);
        var votes = new List<BftMessage>(count);
        for (int i = 0; i < count && !reader.IsFaulted; i++) votes.Add(BftMessage.Read(ref reader));
        return reader.End().IsValid && votes.TrueForAll(vote => vote.Kind != BftMessageKind.Proposal) ? [.. votes] : [];
    }
}
