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
        Hash256 target = Hash256.Parse("02" + new string('0', 62));
        int found = 0;

        // Beyond the table's end too, so that ranges lie inside, outside and across.
        for (ulong first = 0; first < (ulong)count + 100; first += 7)
        {
            bool isFound = plain.TryFind(first, 50, target, out ulong expected);
            Assert.That(tabled.TryFind(first, 50, target, out ulong actual), Is.EqualTo(isFound));
            Assert.That(actual, Is.EqualTo(expected));
            if (isFound) found++;
        }

        Assert.That(found, Is.Positive);
        Assert.That(tabled.Digest(3), Is.EqualTo(plain.Digest(3)));
    }

    [Test]
    public void Count_IsRoundedUpToWholeBatches_OfThirtyTwoBytesANonce()
    {
        var table = new NonceHashTable(1000);

        Assert.That(table.Count, Is.InRange(1000, 1015));
        Assert.That(table.SizeInBytes, Is.EqualTo(32L * table.Count));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase((1 << 24) + 1)]
    public void Constructor_CountOutOfRange_Throws(int count) =>
        Assert.That(() => new NonceHashTable(count), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
