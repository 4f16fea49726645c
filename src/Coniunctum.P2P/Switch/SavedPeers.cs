using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// What one run leaves to the next one, as a record of the ledger's store: the nodes that are known, and those it was connected with
/// longest, which are dialled first.
/// </summary>
/// <param name="Anchors">The connections of this node's making that stood longest.</param>
/// <param name="Known">The address book.</param>
internal sealed record SavedPeers(ImmutableArray<NodeAddress> Anchors, ImmutableArray<KnownNode> Known)
{
    private const string RecordName = "ledger/peers";
    private const uint Version = 1;

    /// <summary>Nothing is known.</summary>
    public static SavedPeers None { get; } = new([], []);

    /// <summary>Returns the record that holds it.</summary>
    public StoreBatch.Record ToRecord()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(3);
        writer.WriteUInt64(Version);
        writer.WriteListHeader(Anchors.Length, SpareDials.Anchors);
        foreach (NodeAddress anchor in Anchors) anchor.Write(ref writer);
        writer.WriteListHeader(Known.Length, SimpleAddressBook.Capacity);
        foreach (KnownNode known in Known)
        {
            writer.WriteArrayHeader(3);
            known.Address.Write(ref writer);
            writer.WriteHash256(known.Source.Value);
            writer.WriteBoolean(known.IsTested);
        }

        writer.Flush();
        return new StoreBatch.Record(RecordName, output.WrittenMemory);
    }

    /// <summary>Reads what the last run has left; nothing where that is damaged or of another version: it keeps no ledger from starting.</summary>
    public static SavedPeers Read(IChainReader store)
    {
        try
        {
            return store.ReadRecord(RecordName) is { } record ? Decode(record) : None;
        }
        catch (InvalidDataException)
        {
            return None;
        }
    }

    private static SavedPeers Decode(ReadOnlyMemory<byte> record)
    {
        var reader = new CanonicalReader(record);
        reader.ReadArrayHeader(3);
        if (reader.ReadUInt64() != Version) return None;
        ImmutableArray<NodeAddress> anchors = WireReading.ReadList(ref reader, SpareDials.Anchors, NodeAddress.Read);
        ImmutableArray<KnownNode> known = WireReading.ReadList(ref reader, SimpleAddressBook.Capacity, ReadKnown);
        return reader.End().IsValid ? new SavedPeers(anchors, known) : None;
    }

    private static KnownNode ReadKnown(ref CanonicalReader reader)
    {
        reader.ReadArrayHeader(3);
        return new KnownNode(NodeAddress.Read(ref reader), new NodeId(reader.ReadHash256()), reader.ReadBoolean());
    }
}
