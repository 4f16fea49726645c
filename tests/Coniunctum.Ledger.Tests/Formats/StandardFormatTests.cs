using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Formats;

public sealed class StandardFormatTests
{
    private static readonly StandardFormat Format = StandardFormat.Instance;
    private static readonly BlockId ChainId = new(Plain.Fill(0x26));

    private static readonly BlockHeader Header = new()
    {
        Ruleset = 0x0304,
        Height = 0x0102030405060708,
        Nonce = 0x1112131415161718,
        Previous = new BlockId(Plain.Fill(0x21)),
        MerkleRoot = Plain.Fill(0x22),
        Target = Plain.Fill(0x23),
        Timestamp = new Timestamp(0x0004050607080910),
        StateRoot = Plain.Fill(0x24),
        HistoryRoot = Plain.Fill(0x25),
    };

    private static readonly Transaction Transaction = new()
    {
        Tag = new TransactionTag(Plain.Fill(0x41)),
        Sender = new Address(Plain.Fill(0x42)),
        Receiver = new Address(Plain.Fill(0x43)),
        Amount = 0x0102030405060708,
        Fee = 0x1718,
        Payload = "payload"u8.ToArray(),
        Signature = Enumerable.Range(0, 65).Select(i => (byte)i).ToArray(),
    };

    // The three digests were computed with Python's hashlib from PROTOCOL's formulas.
    [Test]
    public void Digest_KnownHeader_IsThePublishedFormulas() =>
        Assert.That(Format.Digest(Header).ToString(), Is.EqualTo("cd8f050974a0d80edaa119e67dae48ca47594a04d463e9d24f17ab8fa5ce8c17"));

    [Test]
    public void SigningDigest_KnownTransaction_IsThePublishedFormulas() =>
        Assert.That(
            Format.SigningDigest(Transaction, ChainId).ToString(),
            Is.EqualTo("c90be6c78dd6852b1cd7a5ea1eb4f46d8c6c11107dfd93931ac2928eb4c51a04"));

    [Test]
    public void Leaf_KnownTransaction_IsThePublishedFormulas()
    {
        Assert.That(Samples.Encode(Transaction, Format), Has.Length.EqualTo(191));
        Assert.That(Format.Leaf(Transaction, 7).ToString(), Is.EqualTo("65f3e65abbb26362e17e0effabf40542ce9ca1895b3d29402c9cd5baaa2fe88b"));
    }

    [Test]
    public void Hashes_DrawnValues_EqualThePlainComputation()
    {
        Plain.RequireSha3();
        const int seed = 0x57d01;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            BlockHeader header = Samples.DrawHeader(random, Format);
            Assert.That(Format.Digest(header).ToArray(), Is.EqualTo(Plain.HH(
                Plain.H(Plain.Be(header.Ruleset), Plain.Be(header.Height)),
                Plain.H(Plain.Be(header.Nonce)),
                Plain.H(header.Previous.Value.ToArray()),
                Plain.H(header.MerkleRoot.ToArray()),
                Plain.H(header.Target.ToArray()),
                Plain.H(Plain.Be(header.Timestamp.UnixMilliseconds)),
                Plain.H(header.StateRoot.ToArray()),
                Plain.H(header.HistoryRoot.ToArray()))));

            Transaction transaction = Samples.DrawTransaction(random, Format);
            Assert.That(Format.SigningDigest(transaction, ChainId).Value.ToArray(), Is.EqualTo(Plain.HH(
                ChainId.Value.ToArray(),
                transaction.Tag.Value.ToArray(),
                transaction.Sender.Value.ToArray(),
                transaction.Receiver.Value.ToArray(),
                Plain.Be(transaction.Amount),
                Plain.Be(transaction.Fee),
                Plain.H(transaction.Payload.ToArray()))));
            Assert.That(
                Format.Leaf(transaction, round).ToArray(),
                Is.EqualTo(Plain.H([0x00], Samples.Encode(transaction, Format))));
        }
    }

    [TestCase(0)]
    [TestCase(255)]
    [TestCase(256)]
    [TestCase(512)]
    [TestCase(4096)]
    [TestCase(65536)]
    public void Leaf_LongestNumbersAndSignature_FitsItsBuffer(int payloadBytes)
    {
        Plain.RequireSha3();
        Transaction transaction = Injectivity.With(
            Transaction.WithSignature(new byte[128]), amount: ulong.MaxValue, fee: ulong.MaxValue, payload: new byte[payloadBytes]);

        Assert.That(
            Format.Leaf(transaction, 0).ToArray(),
            Is.EqualTo(Plain.H([0x00], Samples.Encode(transaction, Format))));
    }

    [Test]
    public void TryComputeRoot_ListsOfEveryLength_EqualTheNaiveTree()
    {
        Plain.RequireSha3();
        const int seed = 0x57d02;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int count = 0; count <= 40; count++)
        {
            Hash256[] leaves = [.. Enumerable.Range(0, count).Select(_ => Samples.DrawHash(random))];
            Assert.That(Format.TryComputeRoot(leaves, out Hash256 root), Is.True);
            Assert.That(root.ToArray(), Is.EqualTo(NaiveRoot([.. leaves.Select(leaf => leaf.ToArray())])), $"{count} leaves");
        }

        // RFC 6962 §2.1: split at the largest power of two below the number of leaves.
        static byte[] NaiveRoot(byte[][] leaves)
        {
            if (leaves.Length == 0) return Plain.H();
            if (leaves.Length == 1) return leaves[0];
            int split = 1;
            while (split * 2 < leaves.Length) split *= 2;
            return Plain.H([0x01], NaiveRoot(leaves[..split]), NaiveRoot(leaves[split..]));
        }
    }

    [Test]
    public void WriteFieldHashes_SecondSlot_IsTheNoncesHash() => FieldHashes.Check(Format, Header, size: 256, nonceOffset: 32);

    [Test]
    public void Digest_AnyFieldChanged_IsAnother()
    {
        Assert.That(Injectivity.HeaderChanges, Has.Count.EqualTo(typeof(BlockHeader).GetProperties().Length), "every field is changed");
        Injectivity.CheckHeaders(Format, Header, Injectivity.HeaderChanges);
    }

    [Test]
    public void TransactionHashes_AnyFieldChanged_AreOthers() =>
        Injectivity.CheckTransactions(Format, Transaction, Injectivity.TransactionChanges, chainMatters: true, indexMatters: false);

    [Test]
    public void Encode_WhatNoReaderAccepts_Throws()
    {
        Assert.That(() => Samples.Encode(Header with { Timestamp = new Timestamp(9_007_199_254_740_992) }, Format), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Samples.Encode(Transaction.WithSignature(new byte[129]), Format), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Format.Leaf(Transaction.WithSignature(new byte[129]), 0), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Hashing_AllocatesNothing() => FieldHashes.CheckAllocations(Format, Header, Transaction);
}
