using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Wire;

/// <summary>What several messages read alike.</summary>
internal static class WireReading
{
    public delegate T ReadOne<out T>(ref CanonicalReader reader);

    /// <summary>Reads a list up to a limit; each item takes a byte or more, so that the count is bounded by the message's length.</summary>
    public static ImmutableArray<T> ReadList<T>(ref CanonicalReader reader, int maxCount, ReadOne<T> readOne)
    {
        int count = reader.ReadListHeader(maxCount);
        if (count == 0) return [];
        ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>(Math.Min(count, 1_024));
        for (int i = 0; i < count && !reader.IsFaulted; i++) items.Add(readOne(ref reader));
        return reader.IsFaulted ? [] : items.DrainToImmutable();
    }

    public static ImmutableArray<Hash256> ReadHashes(ref CanonicalReader reader, int maxCount) =>
        ReadList(ref reader, maxCount, static (ref CanonicalReader item) => item.ReadHash256());

    /// <summary>Reads a list that must not be empty.</summary>
    public static ImmutableArray<Hash256> ReadSomeHashes(ref CanonicalReader reader, int maxCount)
    {
        ImmutableArray<Hash256> hashes = ReadHashes(ref reader, maxCount);
        if (hashes.IsEmpty) reader.Reject(1, 0);
        return hashes;
    }

    // A bare null would be converted to an empty byte string.
    public static ReadOnlyMemory<byte>? ReadOptional(ref CanonicalReader reader, int maxLength) =>
        reader.TryReadNil() ? (ReadOnlyMemory<byte>?)null : reader.ReadBytes(maxLength);

    public static Hash256? ReadOptionalHash(ref CanonicalReader reader) => reader.TryReadNil() ? null : reader.ReadHash256();

    /// <summary>Reads byte strings of one length that stand in one, one behind the other.</summary>
    public static ReadOnlyMemory<byte> ReadPacked(ref CanonicalReader reader, int maxCount, int itemBytes)
    {
        ReadOnlyMemory<byte> packed = reader.ReadBytes(checked(maxCount * itemBytes));
        if (packed.Length % itemBytes != 0) reader.Reject((ulong)(packed.Length - (packed.Length % itemBytes)), (ulong)packed.Length);
        return packed;
    }

    public static PublicKey ReadKey(ref CanonicalReader reader)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.Size];
        reader.ReadFixed(bytes);
        if (reader.IsFaulted) return default;
        KeyOutcome outcome = PublicKey.Read(bytes, out PublicKey key);
        if (outcome != KeyOutcome.Valid) reader.Reject((ulong)KeyOutcome.Valid, (ulong)outcome);
        return key;
    }

    public static NodeRoles ReadRoles(ref CanonicalReader reader) => (NodeRoles)reader.ReadUInt64((ulong)NodeRoles.All);

    /// <summary>Reads an endpoint in the one text that it has, with a port to connect to.</summary>
    public static NodeEndpoint ReadEndpoint(ref CanonicalReader reader)
    {
        string text = reader.ReadString(WireLimits.EndpointBytes);
        if (NodeEndpoint.TryParse(text, out NodeEndpoint? endpoint) && endpoint.Port != 0 && string.Equals(endpoint.ToString(), text, StringComparison.Ordinal)) return endpoint;
        reader.Reject(1, 0);
        return NodeEndpoint.Nowhere;
    }

    public static void WriteHashes(ref CanonicalWriter writer, ImmutableArray<Hash256> hashes, int maxCount)
    {
        writer.WriteListHeader(hashes.Length, maxCount);
        foreach (Hash256 hash in hashes) writer.WriteHash256(hash);
    }

    public static void WriteOptional(ref CanonicalWriter writer, ReadOnlyMemory<byte>? value, int maxLength)
    {
        if (value is { } bytes) writer.WriteBytes(bytes.Span, maxLength);
        else writer.WriteNil();
    }

    public static void WriteOptional(ref CanonicalWriter writer, Hash256? value)
    {
        if (value is { } hash) writer.WriteHash256(hash);
        else writer.WriteNil();
    }
}
