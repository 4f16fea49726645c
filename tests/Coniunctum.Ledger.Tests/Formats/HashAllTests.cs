using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.Tests.Formats;

/// <summary>Hashing all of a block's transactions together must say what hashing them one by one says.</summary>
[TestFixture]
internal sealed class HashAllTests
{
    private static readonly BlockId s_chain = new(Sha3_256.Hash([1]));

    [Test]
    public void HashAll_AnyList_EqualsHashingOneByOne(
        [ValueSource(typeof(Samples), nameof(Samples.Formats))] IBlockFormat format, [Values(0, 1, 2, 7, 8, 9, 65, 300)] int count)
    {
        var random = new Random(20260101 + count);
        Transaction[] transactions = [.. Enumerable.Range(0, count).Select(_ => Samples.DrawTransaction(random, format))];
        var hasher = new TransactionHasher(format, s_chain);
        HashedTransaction[] expected = [.. transactions.Select(hasher.Hash)];
        Assert.That(format.HashAll(transactions, s_chain), Is.EqualTo(expected));
    }

    [Test]
    public void HashAll_WhatTheFormatCannotExpress_Throws()
    {
        Transaction sound = Samples.DrawTransaction(new Random(1), Int32CoinFormat.Instance);
        var unsound = new Transaction { Tag = sound.Tag, Sender = sound.Sender, Receiver = sound.Receiver, Amount = 1, Fee = 1, Signature = sound.Signature };
        Assert.That(() => Int32CoinFormat.Instance.HashAll([sound, unsound], s_chain), Throws.ArgumentException);
        Assert.That(() => Int32CoinFormat.Instance.HashAll([sound, sound.WithSignature(new byte[64])], s_chain), Throws.ArgumentException);
    }
}
