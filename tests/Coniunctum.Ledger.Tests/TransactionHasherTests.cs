using System.Runtime.InteropServices;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.Tests;

[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class TransactionHasherTests(IBlockFormat format)
{
    private const int Seed = 0x7A5;

    private readonly TransactionHasher _hasher = new(format, default);

    [Test]
    public void Decode_AnyTransaction_KeepsTheBytesThatItCameFrom()
    {
        foreach (Transaction transaction in Draw(100))
        {
            HashedTransaction made = _hasher.Hash(transaction);
            Assert.That(made.Encoded.Length, Is.EqualTo(made.Size));
            Assert.That(_hasher.Decode(made.Encoded, new LedgerLimits(), out HashedTransaction? read).IsValid, Is.True);
            Assert.That((read!.Id, read.Leaf, read.Size), Is.EqualTo((made.Id, made.Leaf, made.Size)));
            Assert.That(ArrayOf(read.Encoded), Is.SameAs(ArrayOf(made.Encoded)), "nothing is copied that stands alone");
        }
    }

    [Test]
    public void Decode_APartOfALargeMessage_KeepsACopy()
    {
        foreach (Transaction transaction in Draw(20))
        {
            byte[] encoded = _hasher.Hash(transaction).Encoded.ToArray();
            byte[] message = [.. new byte[10_000], .. encoded, .. new byte[10_000]];
            _hasher.Decode(message.AsMemory(10_000, encoded.Length), new LedgerLimits(), out HashedTransaction? read);
            Array.Clear(message);
            Assert.That(read!.Encoded.ToArray(), Is.EqualTo(encoded));
            Assert.That(_hasher.Hash(read.Transaction).Encoded.ToArray(), Is.EqualTo(encoded), "payload and signature are of the copy, too");
        }
    }

    [Test]
    public void Detach_FromABlock_IsTheTransactionOutsideOfIt()
    {
        var random = new Random(Seed);
        var block = new Block { Header = Samples.DrawHeader(random, format), Transactions = [.. Draw(30)] };
        byte[] encoded = Samples.Encode(block, format);
        HashedBlock.Decode(encoded, format, new LedgerLimits(), default, out HashedBlock? decoded);
        foreach (HashedTransaction inside in decoded!.Transactions)
        {
            Assert.That(inside.Encoded.IsEmpty, Is.True);
            HashedTransaction alone = inside.Detach(format);
            HashedTransaction expected = _hasher.Hash(inside.Transaction);
            Assert.That((alone.Id, alone.Leaf, alone.Size), Is.EqualTo((expected.Id, expected.Leaf, expected.Size)));
            Assert.That(alone.Encoded.ToArray(), Is.EqualTo(expected.Encoded.ToArray()));
            Assert.That(ArrayOf(alone.Transaction.Signature), Is.Not.SameAs(encoded));
            Assert.That(alone.Detach(format), Is.SameAs(alone));
        }
    }

    [Test]
    public void Decode_WhatIsNoTransaction_HasNone()
    {
        byte[] encoded = _hasher.Hash(Draw(1).Single()).Encoded.ToArray();
        Assert.That(_hasher.Decode(encoded.AsMemory(1), new LedgerLimits(), out HashedTransaction? cut).IsValid, Is.False);
        Assert.That(_hasher.Decode((byte[])[.. encoded, 0], new LedgerLimits(), out HashedTransaction? longer).Fault, Is.EqualTo(DecodeFault.TrailingBytes));
        Assert.That((cut, longer), Is.EqualTo(((HashedTransaction?)null, (HashedTransaction?)null)));
    }

    private static byte[]? ArrayOf(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) ? segment.Array : null;

    private IEnumerable<Transaction> Draw(int count)
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (int i = 0; i < count; i++) yield return Samples.DrawTransaction(random, format);
    }
}
