using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>A message of a consensus rule, which names its topics and judges their contents.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Content">What it says, as the rule encodes it.</param>
/// <param name="BlockId">The block that goes with it, where one does; it travels by itself.</param>
internal sealed record Publish(string Topic, ReadOnlyMemory<byte> Content, Hash256? BlockId) : WireMessage
{
    public override MessageKind Kind => MessageKind.Publish;

    public static Publish Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(3);
        return new Publish(
            reader.ReadString(WireLimits.TopicBytes), reader.ReadBytes(WireLimits.ContentBytes), WireReading.ReadOptionalHash(ref reader));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(3);
        writer.WriteString(Topic, WireLimits.TopicBytes);
        writer.WriteBytes(Content.Span, WireLimits.ContentBytes);
        WireReading.WriteOptional(ref writer, BlockId);
    }
}

/// <summary>Names contents of a topic that the sender has.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Ids">The first eight bytes of H(content) of each, one behind the other.</param>
internal sealed record Digest(string Topic, ReadOnlyMemory<byte> Ids) : WireMessage
{
    public override MessageKind Kind => MessageKind.Digest;

    public static Digest Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Digest(
            reader.ReadString(WireLimits.TopicBytes), WireReading.ReadPacked(ref reader, WireLimits.DigestIds, WireLimits.DigestIdBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteString(Topic, WireLimits.TopicBytes);
        writer.WriteBytes(Ids.Span, WireLimits.DigestIds * WireLimits.DigestIdBytes);
    }
}

/// <summary>Asks for contents of a topic; each comes as a <see cref="Publish"/> of its own, as far as they are still there.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Ids">As in <see cref="Digest"/>.</param>
internal sealed record Want(string Topic, ReadOnlyMemory<byte> Ids) : WireMessage
{
    public override MessageKind Kind => MessageKind.Want;

    public static Want Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Want(
            reader.ReadString(WireLimits.TopicBytes), WireReading.ReadPacked(ref reader, WireLimits.DigestIds, WireLimits.DigestIdBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteString(Topic, WireLimits.TopicBytes);
        writer.WriteBytes(Ids.Span, WireLimits.DigestIds * WireLimits.DigestIdBytes);
    }
}
