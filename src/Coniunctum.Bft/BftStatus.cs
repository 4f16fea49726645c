using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>
/// Where a validator stands, said to one that has started again. It is no vote: the domain under its signature is another. A
/// question is a status that names no one.
/// </summary>
/// <param name="Challenge">What the asker has drawn, so that no one can answer with what was true some other time.</param>
/// <param name="Asker">Who asks.</param>
/// <param name="Sender">Who answers; the asker itself in a question.</param>
/// <param name="Height">The height at which the sender is.</param>
/// <param name="Round">Its round there.</param>
/// <param name="Sighting">The latest that the sender has seen of the asker, signed by the asker; or <c>null</c>.</param>
/// <param name="Signature">The sender's signature.</param>
internal sealed record BftStatus(
    Hash256 Challenge, Address Asker, Address Sender, ulong Height, int Round, BftMessage? Sighting, ReadOnlyMemory<byte> Signature)
{
    public const int MaxEncodedBytes = 512;

    private const string Domain = "bft.status";
    private const int SignedFields = 7;
    private const int SentFields = 7;

    public bool IsQuestion => Asker == Sender;

    /// <summary>Returns what is signed. The sighting carries a signature of its own.</summary>
    public Hash256 Digest(BlockId chainId)
    {
        Span<byte> buffer = stackalloc byte[192];
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(SignedFields);
        writer.WriteString(Domain);
        writer.WriteHash256(chainId.Value);
        WriteContent(ref writer);
        return Sha3_256.Hash(writer.Written);
    }

    public ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(SentFields);
        WriteContent(ref writer);
        if (Sighting is null)
            writer.WriteNil();
        else
            Sighting.Write(ref writer);
        writer.WriteBytes(Signature.Span, BftMessage.MaxSignatureBytes);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads a status from untrusted bytes; <c>null</c> when they are none.</summary>
    public static BftStatus? Decode(ReadOnlyMemory<byte> content)
    {
        var reader = new CanonicalReader(content);
        reader.ReadArrayHeader(SentFields);
        var status = new BftStatus(
            reader.ReadHash256(),
            new Address(reader.ReadHash256()),
            new Address(reader.ReadHash256()),
            reader.ReadUInt64(),
            (int)reader.ReadUInt64(BftMessage.MaxRound),
            reader.TryReadNil() ? null : BftMessage.Read(ref reader),
            reader.ReadBytes(BftMessage.MaxSignatureBytes));
        return reader.End().IsValid && (status.Sighting is not { } seen || seen.Sender == status.Asker) ? status : null;
    }

    private void WriteContent(ref CanonicalWriter writer)
    {
        writer.WriteHash256(Challenge);
        writer.WriteHash256(Asker.Value);
        writer.WriteHash256(Sender.Value);
        writer.WriteUInt64(Height);
        writer.WriteUInt64((ulong)Round);
    }
}
