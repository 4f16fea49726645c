using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite.Tests.Support;

/// <summary>Blocks that follow from height and salt. A store does not look into them, so their bytes mean nothing.</summary>
internal static class TestBlocks
{
    public static BlockId Id(ulong height, uint salt = 0)
    {
        Span<byte> seed = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(seed, height);
        BinaryPrimitives.WriteUInt32BigEndian(seed[8..], salt);
        return new BlockId(Sha3_256.Hash(seed));
    }

    public static StoredBlock Block(ulong height, uint salt = 0, int bytes = 200)
    {
        BlockId id = Id(height, salt);
        var head = new StoredHead(id, height, Bytes(id, 1, 190), salt % 3 == 0 ? default : Bytes(id, 2, 20), Work.From(height * 7));
        return new StoredBlock(head, Bytes(id, 3, bytes), height == 0 ? default : Bytes(id, 4, bytes / 2));
    }

    public static StoreBatch Batch(ulong from, int count, uint salt = 0, int bytes = 200) =>
        new() { Connected = [.. Enumerable.Range(0, count).Select(i => Block(from + (ulong)i, salt, bytes))] };

    public static StoreBatch Slice(ulong height, int index, bool isLast, uint salt = 0, int bytes = 1000) =>
        new() { Slice = new CheckpointSlice(Id(height, salt), height, index, Bytes(Id(height, salt), 100 + index, bytes), isLast) };

    public static StoredSide Side(ulong height, uint salt, long arrival, BlockRule fault = BlockRule.None) =>
        new(Id(height, salt), height, Bytes(Id(height, salt), 5, 190), arrival, fault);

    /// <summary>Bytes that follow from a block and a purpose.</summary>
    public static ReadOnlyMemory<byte> Bytes(BlockId id, int purpose, int count)
    {
        // SplitMix64 (Steele, Lea, Flood 2014): whole runs are made again for every image of a crash.
        ulong state = BinaryPrimitives.ReadUInt64BigEndian(id.Value.AsSpan()) + (ulong)purpose;
        ulong[] words = new ulong[(count + sizeof(ulong) - 1) / sizeof(ulong)];
        for (int i = 0; i < words.Length; i++)
        {
            ulong word = state += 0x9E3779B97F4A7C15;
            word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
            word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
            words[i] = word ^ (word >> 31);
        }

        return MemoryMarshal.AsBytes<ulong>(words)[..count].ToArray();
    }
}
