using System.Buffers;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Mining.Difficulty;

/// <summary>Where <see cref="Asert"/>'s schedule begins.</summary>
/// <param name="Height">The anchor's height.</param>
/// <param name="Time">Its timestamp.</param>
/// <param name="Target">The target on schedule: the first one, or the limit where the anchor has moved.</param>
internal sealed record AsertAnchor(ulong Height, Timestamp Time, Target Target) : RuleState
{
    private const int Fields = 3;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.WriteUInt64(Height);
        writer.WriteUInt64(Time.UnixMilliseconds);
        writer.WriteHash256(Target.Value);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no anchor.</exception>
    public static AsertAnchor Read(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        var anchor = new AsertAnchor(reader.ReadUInt64(), new Timestamp(reader.ReadUInt64()), new Target(reader.ReadHash256()));
        reader.End();
        return reader.IsFaulted || anchor.Target.IsZero
            ? throw new InvalidDataException($"The anchor of a schedule cannot be read: {reader.Outcome}")
            : anchor;
    }
}
