using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.Tests.Formats;

/// <summary>What every format with a row of field hashes keeps.</summary>
internal static class FieldHashes
{
    public static void Check(IFieldHashFormat format, BlockHeader header, int size, int nonceOffset)
    {
        Assert.That(format.FieldHashesSize, Is.EqualTo(size));
        Assert.That(format.NonceHashOffset, Is.EqualTo(nonceOffset));
        byte[] row = new byte[size];
        format.WriteFieldHashes(header, row);
        Assert.That(format.Digest(header), Is.EqualTo(Sha3_256.DoubleHash(row)));

        // A search changes nothing but the slots of the nonce and the time.
        BlockHeader other = header with { Nonce = header.Nonce + 1 };
        byte[] nonce = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, other.Nonce);
        Sha3_256.Hash(nonce).CopyTo(row.AsSpan(nonceOffset));
        Assert.That(Sha3_256.DoubleHash(row), Is.EqualTo(format.Digest(other)));

        Assert.That(format.TimestampHashOffset is not null, Is.EqualTo(format.Traits.HasExtendedHeader));
        if (format.TimestampHashOffset is { } timeOffset)
        {
            other = other with { Timestamp = new Timestamp(other.Timestamp.UnixMilliseconds + 1) };
            byte[] time = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(time, other.Timestamp.UnixMilliseconds);
            Sha3_256.Hash(time).CopyTo(row.AsSpan(timeOffset));
            Assert.That(Sha3_256.DoubleHash(row), Is.EqualTo(format.Digest(other)));
        }

        foreach (int wrong in new[] { 0, size - 1, size + 1 })
            Assert.That(() => format.WriteFieldHashes(header, new byte[wrong]), Throws.ArgumentException);
    }

    public static void CheckAllocations(IBlockFormat format, BlockHeader header, Transaction transaction)
    {
        // Code that the compiler did not optimise keeps temporaries on the heap.
        if (typeof(Sha3_256).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
            Assert.Ignore("An unoptimised build allocates for the debugger.");
        Hash256[] leaves = [format.Leaf(transaction, 0), format.Leaf(transaction, 1), format.Digest(header)];
        HashAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        HashAll();
        long after = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(after - before, Is.Zero);

        void HashAll()
        {
            format.Digest(header);
            format.SigningDigest(transaction, default);
            format.Leaf(transaction, 3);
            format.TryComputeRoot(leaves, out _);
        }
    }
}
