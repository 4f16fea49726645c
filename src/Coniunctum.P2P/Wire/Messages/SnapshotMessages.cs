using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>Asks for the hashes of the parts of a state.</summary>
/// <param name="Height">The height of the block after which it was the state.</param>
internal sealed record GetManifest(ulong Height) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetManifest;

    public static GetManifest Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new GetManifest(reader.ReadUInt64());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteUInt64(Height);
    }
}

/// <summary>The answer to <see cref="GetManifest"/>.</summary>
/// <param name="Height">The height.</param>
/// <param name="Hashes">The hashes of the subtrees, in the order of their keys; none where the sender does not have that state.</param>
internal sealed record Manifest(ulong Height, ImmutableArray<Hash256> Hashes) : WireMessage
{
    public override MessageKind Kind => MessageKind.Manifest;

    public static Manifest Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Manifest(reader.ReadUInt64(), WireReading.ReadHashes(ref reader, WireLimits.ManifestHashes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteUInt64(Height);
        WireReading.WriteHashes(ref writer, Hashes, WireLimits.ManifestHashes);
    }
}

/// <summary>Asks for one part of a state.</summary>
/// <param name="Height">The height.</param>
/// <param name="Index">The part's place in the manifest, from 0.</param>
internal sealed record GetShard(ulong Height, uint Index) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetShard;

    public static GetShard Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new GetShard(reader.ReadUInt64(), reader.ReadUInt32());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteUInt64(Height);
        writer.WriteUInt64(Index);
    }
}

/// <summary>The answer to <see cref="GetShard"/>.</summary>
/// <param name="Height">The height.</param>
/// <param name="Index">The part's place.</param>
/// <param name="Leaves">The part's leaves, or nothing where the sender does not have it.</param>
internal sealed record Shard(ulong Height, uint Index, ReadOnlyMemory<byte>? Leaves) : WireMessage
{
    public override MessageKind Kind => MessageKind.Shard;

    public static Shard Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(3);
        return new Shard(reader.ReadUInt64(), reader.ReadUInt32(), WireReading.ReadOptional(ref reader, WireLimits.ShardBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(3);
        writer.WriteUInt64(Height);
        writer.WriteUInt64(Index);
        WireReading.WriteOptional(ref writer, Leaves, WireLimits.ShardBytes);
    }
}
