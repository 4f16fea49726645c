using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>A header, its seal and its certificate as their format encodes them.</summary>
/// <param name="Header">The header's encoding.</param>
/// <param name="Seal">The seal, often empty.</param>
/// <param name="Certificate">The certificate, where there is one.</param>
internal sealed record EncodedHead(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Seal, ReadOnlyMemory<byte>? Certificate)
{
    // What an array and its parts take beside what they carry.
    private const int OverheadBytes = 16;

    /// <summary>At most how many bytes it takes in a message.</summary>
    public int Size => Header.Length + Seal.Length + (Certificate?.Length ?? 0) + OverheadBytes;

    /// <summary>Encodes a block's head.</summary>
    /// <param name="block">The block.</param>
    /// <param name="format">Its format.</param>
    public static EncodedHead Of(Ledger.Block block, IBlockFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        format.Codec.WriteHeader(ref writer, block.Header);
        writer.Flush();
        return new EncodedHead(buffer.WrittenMemory, block.Seal, block.Certificate);
    }

    public static EncodedHead Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(3);
        return new EncodedHead(
            reader.ReadBytes(WireLimits.HeaderBytes), reader.ReadBytes(limits.SealBytes), WireReading.ReadOptional(ref reader, WireLimits.CertificateBytes));
    }

    public static ImmutableArray<EncodedHead> ReadList(ref CanonicalReader reader, WireLimits limits, int maxCount) =>
        WireReading.ReadList(ref reader, maxCount, (ref CanonicalReader item) => Read(ref item, limits));

    public static void WriteList(ref CanonicalWriter writer, ImmutableArray<EncodedHead> heads, WireLimits limits, int maxCount)
    {
        writer.WriteListHeader(heads.Length, maxCount);
        foreach (EncodedHead head in heads) head.Write(ref writer, limits);
    }

    public void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(3);
        writer.WriteBytes(Header.Span, WireLimits.HeaderBytes);
        writer.WriteBytes(Seal.Span, limits.SealBytes);
        WireReading.WriteOptional(ref writer, Certificate, WireLimits.CertificateBytes);
    }
}

/// <summary>Asks for the headers behind the newest known one of a locator.</summary>
/// <param name="Locator">Ids of the asker's chain, the newest first, ever wider apart, genesis last; at least one.</param>
/// <param name="Stop">The last one that is wanted, or nothing for as many as fit.</param>
internal sealed record GetHeaders(ImmutableArray<Hash256> Locator, Hash256? Stop) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetHeaders;

    public static GetHeaders Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new GetHeaders(WireReading.ReadSomeHashes(ref reader, WireLimits.Locator), WireReading.ReadOptionalHash(ref reader));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        WireReading.WriteHashes(ref writer, Locator, WireLimits.Locator);
        WireReading.WriteOptional(ref writer, Stop);
    }
}

/// <summary>The answer to <see cref="GetHeaders"/>: headers in rising height, each the child of the one before it; none when there is nothing newer.</summary>
/// <param name="Heads">The headers.</param>
internal sealed record Headers(ImmutableArray<EncodedHead> Heads) : WireMessage
{
    public override MessageKind Kind => MessageKind.Headers;

    public static Headers Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Headers(EncodedHead.ReadList(ref reader, limits, WireLimits.Headers));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        EncodedHead.WriteList(ref writer, Heads, limits, WireLimits.Headers);
    }
}

/// <summary>Announces headers that the sender has proven, and whose parents it has proven.</summary>
/// <param name="Heads">The headers, at least one.</param>
internal sealed record Announce(ImmutableArray<EncodedHead> Heads) : WireMessage
{
    public override MessageKind Kind => MessageKind.Announce;

    public static Announce Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        ImmutableArray<EncodedHead> heads = EncodedHead.ReadList(ref reader, limits, WireLimits.Announced);
        if (heads.IsEmpty) reader.Reject(1, 0);
        return new Announce(heads);
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        EncodedHead.WriteList(ref writer, Heads, limits, WireLimits.Announced);
    }
}

/// <summary>Asks for proven headers beside the best chain, from a height on.</summary>
/// <param name="Height">The least height; more than 1,000 below the tip there is nothing.</param>
internal sealed record GetSides(ulong Height) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetSides;

    public static GetSides Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new GetSides(reader.ReadUInt64());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteUInt64(Height);
    }
}

/// <summary>The answer to <see cref="GetSides"/>, in rising height.</summary>
/// <param name="Heads">The headers.</param>
internal sealed record Sides(ImmutableArray<EncodedHead> Heads) : WireMessage
{
    public override MessageKind Kind => MessageKind.Sides;

    public static Sides Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Sides(EncodedHead.ReadList(ref reader, limits, WireLimits.Sides));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        EncodedHead.WriteList(ref writer, Heads, limits, WireLimits.Sides);
    }
}
