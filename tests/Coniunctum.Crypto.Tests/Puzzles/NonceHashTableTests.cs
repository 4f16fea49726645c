using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Crypto.Tests.Puzzles;

public sealed class NonceHashTableTests
{
    [TestCase(1)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1000)]
    public void TryFind_WithATable_FindsWhatItFindsWithoutOne(int count)
    {
        var table = new NonceHashTable(count);
        byte[] preimage = new byte[160];
        new Random(count).NextBytes(preimage);
        var plain = new Sha3NoncePuzzle(preimage);
        var tabled = new Sha3NoncePuzzle(preimage, table);
        Hash256 target = Hash256.Parse("20" + new string('0', 62));
        int found = 0;
        for (ulong first = 0; first <= tabled.LastNonce; first += 7)
        {
            ulong length = Math.Min(50, tabled.LastNonce - first + 1);
            bool isFound = plain.TryFind(first, length, target, out ulong expected);
            Assert.That(tabled.TryFind(first, length, target, out ulong actual), Is.EqualTo(isFound));
            Assert.That(actual, Is.EqualTo(expected));
            if (isFound) found++;
        }

        Assert.That(found, Is.Positive);
        Assert.That(() => tabled.TryFind(tabled.LastNonce, 2, target, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => tabled.TryFind(tabled.LastNonce + 1, 1, target, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(tabled.Digest(3), Is.EqualTo(plain.Digest(3)));
    }

    [Test]
    public void Count_IsRoundedUpToWholeBatches_OfThirtyTwoBytesANonce()
    {
        var table = new NonceHashTable(1000);

        Assert.That(table.Count, Is.InRange(1000, 1015));
        Assert.That(new Sha3NoncePuzzle(new byte[160], table).LastNonce, Is.EqualTo(table.Count - 1));
        Assert.That(table.SizeInBytes, Is.EqualTo(32L * table.Count));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase((1 << 24) + 1)]
    public void Constructor_CountOutOfRange_Throws(int count) =>
        Assert.That(() => new NonceHashTable(count), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
