using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>Asks for blocks; each is answered by a <see cref="Block"/> or named in a <see cref="Missing"/>.</summary>
/// <param name="Ids">Their ids, at least one; at most 16 are asked for at a time, over all requests.</param>
internal sealed record GetBlocks(ImmutableArray<Hash256> Ids) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetBlocks;

    public override int Units => Ids.Length;

    public static GetBlocks Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new GetBlocks(WireReading.ReadSomeHashes(ref reader, WireLimits.BlockIds));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        WireReading.WriteHashes(ref writer, Ids, WireLimits.BlockIds);
    }
}

/// <summary>One block that was asked for.</summary>
/// <param name="Bytes">The block as its format encodes it and a store keeps it: [header, seal, transactions, certificate].</param>
internal sealed record Block(ReadOnlyMemory<byte> Bytes) : WireMessage
{
    public override MessageKind Kind => MessageKind.Block;

    public static Block Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Block(reader.ReadBytes(limits.BlockBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteBytes(Bytes.Span, limits.BlockBytes);
    }
}

/// <summary>Names blocks that were asked for and that the sender does not have.</summary>
/// <param name="Ids">Their ids, at least one.</param>
internal sealed record Missing(ImmutableArray<Hash256> Ids) : WireMessage
{
    public override MessageKind Kind => MessageKind.Missing;

    public override int Units => Ids.Length;

    public static Missing Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Missing(WireReading.ReadSomeHashes(ref reader, WireLimits.BlockIds));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        WireReading.WriteHashes(ref writer, Ids, WireLimits.BlockIds);
    }
}

/// <summary>Asks for certificates of blocks.</summary>
/// <param name="Ids">Their ids, at least one.</param>
internal sealed record GetCertificates(ImmutableArray<Hash256> Ids) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetCertificates;

    public override int Units => Ids.Length;

    public static GetCertificates Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new GetCertificates(WireReading.ReadSomeHashes(ref reader, WireLimits.BlockIds));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        WireReading.WriteHashes(ref writer, Ids, WireLimits.BlockIds);
    }
}

/// <summary>The answer to <see cref="GetCertificates"/>: for each id, in their order, its certificate, or nothing.</summary>
/// <param name="Items">The certificates.</param>
internal sealed record Certificates(ImmutableArray<ReadOnlyMemory<byte>?> Items) : WireMessage
{
    public override MessageKind Kind => MessageKind.Certificates;

    public override int Units => Items.Length;

    public static Certificates Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Certificates(WireReading.ReadList(
            ref reader, WireLimits.BlockIds, static (ref CanonicalReader item) => WireReading.ReadOptional(ref item, WireLimits.CertificateBytes)));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteListHeader(Items.Length, WireLimits.BlockIds);
        foreach (ReadOnlyMemory<byte>? item in Items) WireReading.WriteOptional(ref writer, item, WireLimits.CertificateBytes);
    }
}
