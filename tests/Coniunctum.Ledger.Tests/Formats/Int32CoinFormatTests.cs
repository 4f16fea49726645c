using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Formats;

public sealed class Int32CoinFormatTests
{
    private static readonly Int32CoinFormat Format = Int32CoinFormat.Instance;

    private static readonly BlockHeader Header = new()
    {
        Height = 0x0102030405060708,
        Nonce = 0x1112131415161718,
        Previous = new BlockId(Plain.Fill(0x21)),
        MerkleRoot = Plain.Fill(0x22),
        Target = Plain.Fill(0x23),
    };

    private static readonly Transaction Transaction = new()
    {
        Tag = new TransactionTag(Plain.Fill(0x41)),
        Sender = new Address(Plain.Fill(0x42)),
        Receiver = new Address(Plain.Fill(0x43)),
        Amount = 0x31323334,
        Signature = Enumerable.Range(0, 65).Select(i => (byte)i).ToArray(),
    };

    // The three digests were computed with Python's hashlib from PROTOCOL's formulas.
    [Test]
    public void Digest_KnownHeader_IsThePublishedFormulas() =>
        Assert.That(Format.Digest(Header).ToString(), Is.EqualTo("770030a31c04b8c89cd5feff5f83c0eba50cc37eb32e43688564d7d55cd1b768"));

    [Test]
    public void SigningDigest_KnownTransaction_IsThePublishedFormulas() =>
        Assert.That(
            Format.SigningDigest(Transaction, new BlockId(Plain.Fill(0x26))).ToString(),
            Is.EqualTo("260a01a9744b2bbd5eee40bb7bc44414fdad8b75507d9f665734cce39a3bdf15"));

    [Test]
    public void Leaf_KnownTransaction_IsThePublishedFormulas() =>
        Assert.That(Format.Leaf(Transaction, 7).ToString(), Is.EqualTo("593e429198572d0ddde935bed48734d05c3d6a074115e5fa028b824dc0e51289"));

    [Test]
    public void Hashes_DrawnValues_EqualThePlainComputation()
    {
        Plain.RequireSha3();
        const int seed = 0x32c01;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            BlockHeader header = Samples.DrawHeader(random, Format);
            Assert.That(Format.Digest(header).ToArray(), Is.EqualTo(Plain.HH(
                Plain.H(Plain.Be(header.Height)),
                Plain.H(Plain.Be(header.Nonce)),
                Plain.H(header.Previous.Value.ToArray()),
                Plain.H(header.MerkleRoot.ToArray()),
                Plain.H(header.Target.ToArray()))));

            Transaction transaction = Samples.DrawTransaction(random, Format);
            byte[] sender = transaction.Sender.Value.ToArray();
            byte[] receiver = transaction.Receiver.Value.ToArray();
            byte[] amount = Plain.Be((uint)transaction.Amount);
            byte[] txid = transaction.Tag.Value.ToArray();
            Assert.That(
                Format.SigningDigest(transaction, default).Value.ToArray(),
                Is.EqualTo(Plain.HH(sender, receiver, amount, txid)));
            int index = random.Next(8192);
            byte[] leaf = Plain.Join(Plain.Be((uint)index), sender, receiver, amount, transaction.Signature.ToArray(), txid);
            Assert.That(leaf, Has.Length.EqualTo(169));
            Assert.That(Format.Leaf(transaction, index).ToArray(), Is.EqualTo(Plain.HH(leaf)));
        }
    }

    [Test]
    public void TryComputeRoot_ListsOfEveryLength_EqualTheNaiveTree()
    {
        Plain.RequireSha3();
        const int seed = 0x32c02;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int count = 1; count <= 40; count++)
        {
            Hash256[] leaves = [.. Enumerable.Range(0, count).Select(_ => Samples.DrawHash(random))];
            Assert.That(Format.TryComputeRoot(leaves, out Hash256 root), Is.True);
            Assert.That(root.ToArray(), Is.EqualTo(NaiveRoot([.. leaves.Select(leaf => leaf.ToArray())])), $"{count} leaves");
        }

        static byte[] NaiveRoot(List<byte[]> level)
        {
            if (level.Count == 1) return level[0];
            if (level.Count % 2 == 1) level.Add(level[^1]);
            return NaiveRoot([.. level.Chunk(2).Select(pair => Plain.HH(pair[0], pair[1]))]);
        }
    }

    [Test]
    public void TryComputeRoot_LastPairRepeated_IsRefusedWithTheShorterListsRoot()
    {
        Hash256[] leaves = [Plain.Fill(1), Plain.Fill(2), Plain.Fill(3)];

        Assert.That(Format.TryComputeRoot(leaves, out Hash256 root), Is.True);
        Assert.That(Format.TryComputeRoot([.. leaves, leaves[2]], out Hash256 mutated), Is.False, "CVE-2012-2459");
        Assert.That(mutated, Is.EqualTo(root));
    }

    [Test]
    public void TryComputeRoot_OfNothing_IsZero()
    {
        Assert.That(Format.TryComputeRoot([], out Hash256 root), Is.True);
        Assert.That(root, Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void WriteFieldHashes_SecondSlot_IsTheNoncesHash() => FieldHashes.Check(Format, Header, size: 160, nonceOffset: 32);

    [Test]
    public void Digest_AnyFieldChanged_IsAnother() => Injectivity.CheckHeaders(Format, Header, Injectivity.PaperHeaderChanges);

    [Test]
    public void TransactionHashes_AnyFieldChanged_AreOthers() =>
        Injectivity.CheckTransactions(Format, Transaction, Injectivity.PaperTransactionChanges, chainMatters: false, indexMatters: true);

    [Test]
    public void Anything_WithAFieldThatTheFormatLacks_Throws()
    {
        BlockHeader[] headers =
        [
            Header with { Ruleset = 1 },
            Header with { Timestamp = new Timestamp(1) },
            Header with { StateRoot = Plain.Fill(1) },
            Header with { HistoryRoot = Plain.Fill(1) },
        ];
        foreach (BlockHeader header in headers)
        {
            Assert.That(() => Format.Digest(header), Throws.ArgumentException);
            Assert.That(() => Samples.Encode(header, Format), Throws.ArgumentException);
            Assert.That(() => Samples.Encode(new Block { Header = header, Transactions = [] }, Format), Throws.ArgumentException);
        }

        Transaction[] transactions =
        [
            Injectivity.With(Transaction, fee: 1),
            Injectivity.With(Transaction, payload: new byte[1]),
            Injectivity.With(Transaction, amount: 2_147_483_648),
        ];
        foreach (Transaction transaction in transactions)
        {
            Assert.That(() => Format.SigningDigest(transaction, default), Throws.ArgumentException);
            Assert.That(() => Format.Leaf(transaction, 0), Throws.ArgumentException);
            Assert.That(() => Samples.Encode(transaction, Format), Throws.ArgumentException);
        }

        foreach (int length in new[] { 0, 64, 66 })
        {
            Transaction transaction = Transaction.WithSignature(new byte[length]);
            Assert.That(() => Format.Leaf(transaction, 0), Throws.ArgumentException);
            Assert.That(() => Samples.Encode(transaction, Format), Throws.ArgumentException);
        }

        Assert.That(() => Samples.Encode(new Block { Header = Header, Transactions = [], Seal = new byte[1] }, Format), Throws.ArgumentException);
        Assert.That(
            () => Samples.Encode(new Block { Header = Header, Transactions = [], Certificate = ReadOnlyMemory<byte>.Empty }, Format),
            Throws.ArgumentException);
        Assert.That(() => Format.Leaf(Transaction, -1), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Hashing_AllocatesNothing() => FieldHashes.CheckAllocations(Format, Header, Transaction);
}
