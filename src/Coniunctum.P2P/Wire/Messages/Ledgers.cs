using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>
/// Opens a ledger: what the sender sends on this message's channel from now on is about this chain. A ledger is open when both
/// sides have opened it, each on a channel of its own choice.
/// </summary>
/// <param name="ChainId">The chain.</param>
/// <param name="ForkHash">A hash over the upgrades in force (after EIP-2124): a difference is a warning, no fault.</param>
/// <param name="ForkNext">The height of the next known upgrade, or 0.</param>
/// <param name="Height">The tip's height.</param>
/// <param name="Weight">The chain's weight: unsigned, big-endian, 32 bytes. A claim.</param>
/// <param name="Tip">The tip's id.</param>
/// <param name="Certificate">The tip's certificate, where the rule has any.</param>
internal sealed record Open(
    Hash256 ChainId, uint ForkHash, ulong ForkNext, ulong Height, Hash256 Weight, Hash256 Tip, ReadOnlyMemory<byte>? Certificate) : WireMessage
{
    public override MessageKind Kind => MessageKind.Open;

    public static Open Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(7);
        return new Open(
            reader.ReadHash256(),
            reader.ReadUInt32(),
            reader.ReadUInt64(),
            reader.ReadUInt64(),
            reader.ReadHash256(),
            reader.ReadHash256(),
            WireReading.ReadOptional(ref reader, WireLimits.CertificateBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(7);
        writer.WriteHash256(ChainId);
        writer.WriteUInt64(ForkHash);
        writer.WriteUInt64(ForkNext);
        writer.WriteUInt64(Height);
        writer.WriteHash256(Weight);
        writer.WriteHash256(Tip);
        WireReading.WriteOptional(ref writer, Certificate, WireLimits.CertificateBytes);
    }
}

/// <summary>
/// Shuts a ledger that one of the sides has opened, or refuses to open it. Each side says it once; until the other one has, what it
/// still sends about this chain is passed over.
/// </summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Reason">Why; an unknown code is as good as <see cref="ShutReason.Other"/>.</param>
/// <param name="Text">For people.</param>
internal sealed record Shut(Hash256 ChainId, ShutReason Reason, string Text) : WireMessage
{
    public override MessageKind Kind => MessageKind.Shut;

    public static Shut Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(3);
        return new Shut(reader.ReadHash256(), (ShutReason)reader.ReadUInt16(), reader.ReadString(WireLimits.ReasonBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(3);
        writer.WriteHash256(ChainId);
        writer.WriteUInt64((ulong)Reason);
        writer.WriteString(Text, WireLimits.ReasonBytes);
    }
}

/// <summary>Why a ledger is shut.</summary>
internal enum ShutReason : ushort
{
    /// <summary>None of the others.</summary>
    Other = 0,

    /// <summary>The sender has no such chain, or does not say that it has.</summary>
    UnknownChain = 1,

    /// <summary>The sender's ledger stops.</summary>
    Stopping = 2,

    /// <summary>The sender's ledger has halted and can serve nothing.</summary>
    Halted = 3,
}
