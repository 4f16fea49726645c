using System.Runtime.InteropServices;

namespace Coniunctum.Crypto.Tests;

[TestFixture(typeof(Sha3_256))]
[TestFixture(typeof(Keccak256))]
[TestFixture(typeof(Sha256))]
[TestFixture(typeof(DoubleHash<Sha3_256>))]
[TestFixture(typeof(DoubleHash<Sha256>))]
public sealed class HashManyTests<THash>
    where THash : struct, IHashFunction
{
    [Test]
    public void HashMany_EveryLengthTo300AndCountsTo35_EqualsOneByOne()
    {
        byte[] messages = RandomBytes(300 * 35);
        int[] counts = [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 35];
        for (int length = 0; length <= 300; length++)
        {
            int count = counts[length % counts.Length];
            AssertEqualsOneByOne(messages.AsSpan(0, length * count), length, count);
        }
    }

    [TestCase(32)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(135)]
    [TestCase(136)]
    [TestCase(137)]
    [TestCase(1000)]
    public void HashMany_EveryCountTo70_EqualsOneByOne(int length)
    {
        byte[] messages = RandomBytes(length * 70);
        for (int count = 0; count <= 70; count++) AssertEqualsOneByOne(messages.AsSpan(0, length * count), length, count);
    }

    [TestCase(32)]
    [TestCase(40)]
    [TestCase(64)]
    [TestCase(200)]
    public void HashMany_IntoTheMessages_EqualsOneByOne(int length)
    {
        for (int count = 0; count < 70; count++)
        {
            byte[] messages = RandomBytes(length * count);
            var expected = new Hash256[count];
            THash.HashMany(messages, length, expected);

            Span<Hash256> inPlace = MemoryMarshal.Cast<byte, Hash256>(messages.AsSpan())[..count];
            THash.HashMany(messages, length, inPlace);

            Assert.That(inPlace.ToArray(), Is.EqualTo(expected));
        }
    }

    [TestCase(10, 3, 4)]
    [TestCase(0, 1, 1)]
    [TestCase(12, -3, 4)]
    [TestCase(12, 4, 0)]
    public void HashMany_LengthsThatDoNotFit_Throws(int bytes, int messageLength, int count) =>
        Assert.That(() => THash.HashMany(new byte[bytes], messageLength, new Hash256[count]), Throws.ArgumentException);

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(20260615).NextBytes(bytes);
        return bytes;
    }

    private static void AssertEqualsOneByOne(ReadOnlySpan<byte> messages, int length, int count)
    {
        // A hash more than is asked for shows whether the list's end is kept.
        var hashes = new Hash256[count + 1];
        THash.HashMany(messages, length, hashes.AsSpan(0, count));

        for (int i = 0; i < count; i++)
            Assert.That(hashes[i], Is.EqualTo(THash.Hash(messages.Slice(i * length, length))), $"message {i} of {count}, {length} bytes");
        Assert.That(hashes[count].IsZero, Is.True);
    }
}
