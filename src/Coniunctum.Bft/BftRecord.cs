using System.Buffers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>What a validator makes durable before it signs: where it stands, and what it says.</summary>
/// <param name="Height">The height.</param>
/// <param name="Control">Where it stands there.</param>
internal sealed record BftRecord(ulong Height, RoundState Control)
{
    private const int Fields = 10;

    /// <summary>What was signed last, in the order in which things are signed.</summary>
    public (ulong Height, int Round, BftMessageKind Kind) Place => (Height, Control.Round, Control.Step switch
    {
        BftStep.Precommit or BftStep.Decided => BftMessageKind.Precommit,
        BftStep.Prevote => BftMessageKind.Prevote,
        _ => Control.Proposed is null ? BftMessageKind.None : BftMessageKind.Proposal,
    });

    public ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.WriteUInt64(Height);
        writer.WriteUInt64((ulong)Control.Round);
        writer.WriteUInt64((ulong)Control.Step);
        Write(ref writer, Control.Locked);
        writer.WriteUInt64((ulong)(Control.LockedRound + 1));
        Write(ref writer, Control.Valid);
        writer.WriteUInt64((ulong)(Control.ValidRound + 1));
        Write(ref writer, Control.Proposed);
        Write(ref writer, Control.Prevoted);
        Write(ref writer, Control.Precommitted);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such record: whoever signed on could contradict itself.</exception>
    public static BftRecord Decode(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        ulong height = reader.ReadUInt64();
        int round = (int)reader.ReadUInt64(BftMessage.MaxRound);
        var step = (BftStep)reader.ReadUInt64((ulong)BftStep.Decided);
        BlockId? locked = Read(ref reader);
        int lockedRound = (int)reader.ReadUInt64(BftMessage.MaxRound + 1) - 1;
        BlockId? valid = Read(ref reader);
        int validRound = (int)reader.ReadUInt64(BftMessage.MaxRound + 1) - 1;
        var control = new RoundState(round, step, locked, lockedRound, valid, validRound, Read(ref reader), Read(ref reader), Read(ref reader));
        return reader.End().IsValid
            ? new BftRecord(height, control)
            : throw new InvalidDataException($"The store's record of what this validator has signed cannot be read: {reader.Outcome}.");
    }

    private static void Write(ref CanonicalWriter writer, BlockId? block)
    {
        if (block is { } some)
            writer.WriteHash256(some.Value);
        else
            writer.WriteNil();
    }

    private static BlockId? Read(ref CanonicalReader reader) => reader.TryReadNil() ? null : new BlockId(reader.ReadHash256());
}
