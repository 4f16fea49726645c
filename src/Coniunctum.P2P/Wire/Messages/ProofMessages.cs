using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>Asks what the state after a block says of keys.</summary>
/// <param name="BlockId">The block.</param>
/// <param name="Keys">The keys, at least one.</param>
internal sealed record GetProof(Hash256 BlockId, ImmutableArray<ReadOnlyMemory<byte>> Keys) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetProof;

    public static GetProof Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        Hash256 block = reader.ReadHash256();
        ImmutableArray<ReadOnlyMemory<byte>> keys = WireReading.ReadList(
            ref reader, WireLimits.ProofKeys, static (ref CanonicalReader item) => item.ReadBytes(WireLimits.KeyBytes));
        if (keys.IsEmpty) reader.Reject(1, 0);
        return new GetProof(block, keys);
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        writer.WriteListHeader(Keys.Length, WireLimits.ProofKeys);
        foreach (ReadOnlyMemory<byte> key in Keys) writer.WriteBytes(key.Span, WireLimits.KeyBytes);
    }
}

/// <summary>The answer to <see cref="GetProof"/>.</summary>
/// <param name="BlockId">The block.</param>
/// <param name="Bytes">The proof, or nothing where the sender does not have that state.</param>
internal sealed record Proof(Hash256 BlockId, ReadOnlyMemory<byte>? Bytes) : WireMessage
{
    public override MessageKind Kind => MessageKind.Proof;

    public static Proof Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Proof(reader.ReadHash256(), WireReading.ReadOptional(ref reader, WireLimits.ProofBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        WireReading.WriteOptional(ref writer, Bytes, WireLimits.ProofBytes);
    }
}

/// <summary>Asks for the proof that a transaction is in a block.</summary>
/// <param name="BlockId">The block.</param>
/// <param name="Leaf">The transaction's leaf.</param>
internal sealed record GetInclusion(Hash256 BlockId, Hash256 Leaf) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetInclusion;

    public static GetInclusion Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new GetInclusion(reader.ReadHash256(), reader.ReadHash256());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        writer.WriteHash256(Leaf);
    }
}

/// <summary>The answer to <see cref="GetInclusion"/>.</summary>
/// <param name="BlockId">The block.</param>
/// <param name="Bytes">The proof, or nothing where the sender has no such block or transaction.</param>
internal sealed record Inclusion(Hash256 BlockId, ReadOnlyMemory<byte>? Bytes) : WireMessage
{
    public override MessageKind Kind => MessageKind.Inclusion;

    public static Inclusion Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Inclusion(reader.ReadHash256(), WireReading.ReadOptional(ref reader, WireLimits.ProofBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        WireReading.WriteOptional(ref writer, Bytes, WireLimits.ProofBytes);
    }
}

/// <summary>Asks for the proof that a block's ancestor at a height is a certain one.</summary>
/// <param name="BlockId">The descendant.</param>
/// <param name="Height">The ancestor's height.</param>
internal sealed record GetAncestry(Hash256 BlockId, ulong Height) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetAncestry;

    public static GetAncestry Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new GetAncestry(reader.ReadHash256(), reader.ReadUInt64());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        writer.WriteUInt64(Height);
    }
}

/// <summary>The answer to <see cref="GetAncestry"/>.</summary>
/// <param name="BlockId">The descendant.</param>
/// <param name="Bytes">The proof, or nothing where the sender cannot give it.</param>
internal sealed record Ancestry(Hash256 BlockId, ReadOnlyMemory<byte>? Bytes) : WireMessage
{
    public override MessageKind Kind => MessageKind.Ancestry;

    public static Ancestry Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Ancestry(reader.ReadHash256(), WireReading.ReadOptional(ref reader, WireLimits.ProofBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(BlockId);
        WireReading.WriteOptional(ref writer, Bytes, WireLimits.ProofBytes);
    }
}
