using System.Buffers;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>What a validator signs and sends (the paper's ⟨PROPOSAL, h, r, v, vr⟩, ⟨PREVOTE, h, r, id⟩, ⟨PRECOMMIT, h, r, id⟩).</summary>
/// <param name="Kind">What is said.</param>
/// <param name="Height">The height that it is about.</param>
/// <param name="Round">The round of that height, from 0.</param>
/// <param name="Block">The block, or <c>null</c> for none; a proposal always names one.</param>
/// <param name="ValidRound">Of a proposal: the earlier round in which more than two thirds prevoted for the block, or −1; else −1.</param>
/// <param name="Sender">The validator.</param>
/// <param name="Signature">Its signature over <see cref="Digest"/>, in the profile's scheme.</param>
public sealed record BftMessage(
    BftMessageKind Kind, ulong Height, int Round, BlockId? Block, int ValidRound, Address Sender, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The last round that a message may be about. With timeouts that grow, no one lives to see it.</summary>
    public const int MaxRound = (1 << 20) - 1;

    internal const int MaxSignatureBytes = 128;

    internal const int MaxEncodedBytes = 256;

    // Under no other signature of the chain lies an encoding that begins with this.
    private const string Domain = "bft.message";

    private const int SignedFields = 7;
    private const int SentFields = 7;

    /// <summary>Returns what is signed: domain, chain, kind, height, round, block and valid round.</summary>
    /// <param name="chainId">The chain's identity.</param>
    public Hash256 Digest(BlockId chainId)
    {
        Span<byte> buffer = stackalloc byte[160];
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(SignedFields);
        writer.WriteString(Domain);
        writer.WriteHash256(chainId.Value);
        WriteContent(ref writer);
        return Sha3_256.Hash(writer.Written);
    }

    /// <summary>Returns whether two messages cannot both come from an honest validator: it says one thing of a kind a round.</summary>
    /// <param name="other">The other one.</param>
    public bool Contradicts(BftMessage other) =>
        Kind == other.Kind && Height == other.Height && Round == other.Round && Sender == other.Sender
        && (Block != other.Block || ValidRound != other.ValidRound);

    /// <summary>Reads a message from untrusted bytes; <c>null</c> when they are none.</summary>
    internal static BftMessage? Decode(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        BftMessage message = Read(ref reader);
        return reader.End().IsValid ? message : null;
    }

    internal ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(MaxEncodedBytes);
        var writer = new CanonicalWriter(buffer);
        Write(ref writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The claim that its sender signed it.</summary>
    internal SignatureClaim ClaimIn(BlockId chainId) => new(Digest(chainId), Signature, Sender);

    internal static BftMessage Read(ref CanonicalReader reader)
    {
        reader.ReadArrayHeader(SentFields);
        var kind = (BftMessageKind)reader.ReadUInt64((ulong)BftMessageKind.Precommit);
        if (kind == BftMessageKind.None) reader.Reject((ulong)BftMessageKind.Proposal, 0);
        ulong height = reader.ReadUInt64();
        int round = (int)reader.ReadUInt64(MaxRound);
        BlockId? block = reader.TryReadNil() ? null : new BlockId(reader.ReadHash256());
        // One more than the round, so that none is 0.
        int validRound = (int)reader.ReadUInt64(kind == BftMessageKind.Proposal ? (ulong)round : 0) - 1;
        if (kind == BftMessageKind.Proposal && block is null) reader.Reject(1, 0);
        var sender = new Address(reader.ReadHash256());
        return new BftMessage(kind, height, round, block, validRound, sender, reader.ReadBytes(MaxSignatureBytes));
    }

    internal void Write(ref CanonicalWriter writer)
    {
        writer.WriteArrayHeader(SentFields);
        WriteContent(ref writer);
        writer.WriteHash256(Sender.Value);
        writer.WriteBytes(Signature.Span, MaxSignatureBytes);
    }

    private void WriteContent(ref CanonicalWriter writer)
    {
        writer.WriteUInt64((ulong)Kind);
        writer.WriteUInt64(Height);
        writer.WriteUInt64((ulong)Round);
        if (Block is { } block)
            writer.WriteHash256(block.Value);
        else
            writer.WriteNil();
        writer.WriteUInt64((ulong)(ValidRound + 1));
    }
}
