using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Consensus.Upgrades;

/// <summary>
/// What the second rule carries, and how much a unit of its weight counts. What the first rule carries is kept as ever, so that
/// a store from before the upgrade goes on; a tag that no rule writes by chance tells the two apart.
/// </summary>
internal sealed record ChangedState(ulong Height, Work Unit, RuleState Inner) : RuleState
{
    private const int Fields = 4;
    private const int MaxStateBytes = 1 << 20;

    private static readonly Hash256 s_tag = Sha3_256.Hash("Coniunctum: another rule's state"u8);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.WriteHash256(s_tag);
        writer.WriteUInt64(Height);
        writer.WriteHash256(Unit.ToBytes());
        writer.WriteBytes(Inner.Encode().Span, MaxStateBytes);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote after the change at a height; <c>null</c> for anything else.</summary>
    /// <exception cref="InvalidDataException">It is such a state, and its rule cannot read it: the store is damaged.</exception>
    public static ChangedState? TryRead(ReadOnlyMemory<byte> encoded, ulong height, ConsensusSpec second)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        Hash256 tag = reader.ReadHash256();
        ulong changedAt = reader.ReadUInt64();
        var unit = Work.FromBytes(reader.ReadHash256());
        ReadOnlyMemory<byte> inner = reader.ReadBytes(MaxStateBytes);
        reader.End();
        return reader.IsFaulted || tag != s_tag || changedAt != height ? null : new ChangedState(height, unit, second.ReadState(inner));
    }
}
