using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>What a chain's genesis was drawn with: the record from which every start makes the same one.</summary>
internal static class DrawnGenesis
{
    private const string RecordName = "genesis";
    private const int RecordBytes = Hash256.Size + sizeof(ulong);

    /// <summary>Returns the profile with what the store's chain was drawn with, or <c>null</c> when nothing was drawn yet.</summary>
    /// <exception cref="LedgerOpenException">The store's record is no such record, or cannot be read.</exception>
    public static ChainProfile? TryRead(ChainProfile undrawn, IChainReader store)
    {
        if (ReadRecord(store) is not { } record) return null;
        if (record.Length != RecordBytes) throw new LedgerOpenException(LedgerOpenFault.Damaged, $"The store's genesis record has {record.Length} bytes, not {RecordBytes}.");
        var timestamp = new Timestamp(BinaryPrimitives.ReadUInt64BigEndian(record.Span[Hash256.Size..]));
        return With(undrawn, new Hash256(record.Span[..Hash256.Size]), timestamp);
    }

    public static ChainProfile With(ChainProfile undrawn, Hash256 salt, Timestamp timestamp) =>
        undrawn with { Genesis = undrawn.Genesis with { Salt = salt, Timestamp = timestamp } };

    private static ReadOnlyMemory<byte>? ReadRecord(IChainReader store)
    {
        try
        {
            return store.ReadRecord(RecordName);
        }
        catch (InvalidDataException damage)
        {
            throw LedgerOpenException.Of(damage);
        }
    }

    public static StoreBatch.Record RecordOf(ChainProfile drawn)
    {
        byte[] record = new byte[RecordBytes];
        drawn.Genesis.Salt.CopyTo(record);
        BinaryPrimitives.WriteUInt64BigEndian(record.AsSpan(Hash256.Size), drawn.Genesis.Timestamp.UnixMilliseconds);
        return new StoreBatch.Record(RecordName, record);
    }
}
