using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests;

[Category("Long")]
public sealed class SqliteChainIndexTests
{
    private static readonly int s_steps = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 10_000 : 700;

    private TestFolder _folder = null!;
    private string _path = "";

    [SetUp]
    public void MakeTheFolder()
    {
        _folder = new TestFolder();
        _path = SqliteChainIndex.PathFor(_folder.Ledger);
    }

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [TestCase(61, 40)]
    [TestCase(62, 400)]
    [TestCase(63, 1)]
    public void Index_RandomReorganizationsAndReopenings_AnswersAsTheOneInMemory(int seed, int flushAt)
    {
        var random = new Random(seed);
        var ledger = new TestLedger(seed);
        using var model = new MemoryChainIndex();
        List<HashedBlock> chain = [];
        List<TransactionId> gone = [];
        var index = SqliteChainIndex.Open(_path, TestLedger.Chain, flushAt);
        try
        {
            for (int step = 0; step < s_steps; step++)
            {
                for (int depth = chain.Count > 10 && random.Next(10) == 0 ? random.Next(1, 8) : 0; depth > 0; depth--)
                {
                    gone.AddRange(chain[^1].Transactions.Select(transaction => transaction.Id));
                    chain.RemoveAt(chain.Count - 1);
                    index.Disconnect();
                    model.Disconnect();
                }

                chain.Add(ledger.Next(chain.Count > 0 ? chain[^1] : null, random.Next(20)));
                index.Connect(chain[^1]);
                model.Connect(chain[^1]);
                if (random.Next(50) == 0) index.Flush();
                if (random.Next(50) == 0)
                {
                    index.Dispose();
                    index = SqliteChainIndex.Open(_path, TestLedger.Chain, flushAt);
                }

                if (step % 20 == 0) AssertSame(index, model, ledger, chain[random.Next(chain.Count)].Transactions.Select(t => t.Id).Concat(gone.TakeLast(5)), random);
            }

            AssertSame(index, model, ledger, gone.Concat(chain.SelectMany(block => block.Transactions.Select(t => t.Id))).Take(2000), random);
        }
        finally
        {
            index.Dispose();
        }

        Assert.That(_folder.Names, Is.EqualTo(new[] { "ledger.index.db" }));
    }

    [Test]
    public void Index_LostInACrash_OpensBehindAndCatchesUp()
    {
        var ledger = new TestLedger(64);
        List<HashedBlock> chain = [ledger.Next(null, 3)];
        while (chain.Count < 300) chain.Add(ledger.Next(chain[^1], 7));
        using var model = new MemoryChainIndex();
        foreach (HashedBlock block in chain) model.Connect(block);
        int behind = 0;
        using (var index = SqliteChainIndex.Open(_path, TestLedger.Chain, 100))
        {
            for (int i = 0; i < chain.Count; i++)
            {
                index.Connect(chain[i]);
                if (i % 37 != 0) continue;

                // As it lies there in this moment: the file and what of the WAL has reached it.
                string copy = _folder.File(Invariant($"copy{i}.db"));
                File.Copy(_path, copy);
                File.Copy(_path + "-wal", copy + "-wal");
                using var reopened = SqliteChainIndex.Open(copy, TestLedger.Chain, 100);
                int next = reopened.Tip is { } tip ? (int)tip.Height + 1 : 0;
                Assert.That(next, Is.LessThanOrEqualTo(i + 1));
                if (next > 0) Assert.That(reopened.Tip!.Value.Id, Is.EqualTo(chain[next - 1].Id));
                behind += i + 1 - next;
                foreach (HashedBlock block in chain[next..]) reopened.Connect(block);
                AssertSame(reopened, model, ledger, chain[i].Transactions.Select(t => t.Id), new Random(i));
            }
        }

        Assert.That(behind, Is.GreaterThan(0));
    }

    [Test]
    public void Connect_BeginningAboveGenesis_AnswersAsTheOneInMemory()
    {
        // As behind a chain whose older bodies were pruned.
        var ledger = new TestLedger(70);
        List<HashedBlock> chain = [ledger.Next(null, 3)];
        while (chain.Count < 60) chain.Add(ledger.Next(chain[^1], 6));
        using var model = new MemoryChainIndex();
        using var index = SqliteChainIndex.Open(_path, TestLedger.Chain, 50);
        foreach (HashedBlock block in chain.Skip(20))
        {
            model.Connect(block);
            index.Connect(block);
        }

        for (int i = 0; i < 5; i++)
        {
            model.Disconnect();
            index.Disconnect();
        }

        AssertSame(index, model, ledger, chain.SelectMany(block => block.Transactions.Select(t => t.Id)), new Random(70));
        Assert.That(index.Find(chain[19].Transactions[0].Id), Is.Null);
    }

    [Test]
    public void Connect_WhatDoesNotFollow_IsRefused()
    {
        var ledger = new TestLedger(65);
        HashedBlock genesis = ledger.Next(null, 2);
        HashedBlock first = ledger.Next(genesis, 2);
        using var index = SqliteChainIndex.Open(_path, TestLedger.Chain);
        Assert.That(index.Disconnect, Throws.InvalidOperationException);
        Assert.That(index.Tip, Is.Null);
        index.Connect(genesis);
        Assert.That(() => index.Connect(genesis), Throws.ArgumentException);
        Assert.That(() => index.Connect(ledger.Next(first, 1)), Throws.ArgumentException);
        index.Connect(first);
        Assert.That(index.Tip, Is.EqualTo(new StoredTip(first.Id, 1)));
    }

    [TestCase(0)]
    [TestCase(IChainIndex.MaxPage + 1)]
    public void ReadHistory_PageOutOfBounds_IsRefused(int limit)
    {
        using var index = SqliteChainIndex.Open(_path, TestLedger.Chain);
        using var memory = new MemoryChainIndex();
        Assert.That(() => index.ReadHistory(default, limit), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => memory.ReadHistory(default, limit), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Open_AnotherChainsIndex_IsRefused_AndLeftAlone()
    {
        var ledger = new TestLedger(66);
        using (var index = SqliteChainIndex.Open(_path, TestLedger.Chain)) index.Connect(ledger.Next(null, 2));
        LedgerFileException refusal = Assert.Throws<LedgerFileException>(() => SqliteChainIndex.Open(_path, new BlockId(Sha3_256.Hash([9]))));
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.OtherChain));
        using var again = SqliteChainIndex.Open(_path, TestLedger.Chain);
        Assert.That(again.Tip?.Height, Is.Zero);
    }

    [Test]
    public void Open_ALedger_IsNoIndex_AndIsLeftAlone()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 5));
        LedgerFileException refusal = Assert.Throws<LedgerFileException>(() => SqliteChainIndex.Open(_folder.Ledger, TestLedger.Chain));
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.NoLedger));
        using var again = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(again.Tip?.Height, Is.EqualTo(4));
    }

    [TestCase("PRAGMA user_version = 0")]
    [TestCase("DROP TABLE chunks")]
    [TestCase("UPDATE blocks SET height = height + 1 WHERE first = (SELECT max(first) FROM blocks)")]
    [TestCase("UPDATE runs SET below = below + 1")]
    [TestCase("DELETE FROM chunks WHERE row = 0")]
    [TestCase("UPDATE owner SET byte_order = 1")]
    public void Open_TooOldOrDamaged_IsMadeAnew(string sql)
    {
        var ledger = new TestLedger(67);
        HashedBlock genesis = ledger.Next(null, 2);
        using (var index = SqliteChainIndex.Open(_path, TestLedger.Chain)) index.Connect(genesis);
        TestFolder.Execute(_path, sql);
        using var anew = SqliteChainIndex.Open(_path, TestLedger.Chain);
        Assert.That(anew.Tip, Is.Null);
        anew.Connect(genesis);
        Assert.That(anew.Find(genesis.Transactions[1].Id)?.Position, Is.EqualTo(1));
    }

    [TestCase("UPDATE chunks SET content = zeroblob(length(content))")]
    [TestCase("UPDATE summaries SET content = zeroblob(length(content))")]
    public void Find_InADamagedRow_SaysSo_AndTheNextOpeningMakesItAnew(string sql)
    {
        var ledger = new TestLedger(68);
        HashedBlock genesis = ledger.Next(null, 2);
        using (var index = SqliteChainIndex.Open(_path, TestLedger.Chain)) index.Connect(genesis);
        TestFolder.Execute(_path, sql);
        using (var damaged = SqliteChainIndex.Open(_path, TestLedger.Chain))
        {
            LedgerFileException failure = Assert.Throws<LedgerFileException>(() => damaged.Find(genesis.Transactions[0].Id));
            Assert.That(failure.Fault, Is.EqualTo(LedgerFileFault.Damaged));
        }

        using var anew = SqliteChainIndex.Open(_path, TestLedger.Chain);
        Assert.That(anew.Tip, Is.Null);
    }

    private static void AssertSame(SqliteChainIndex index, MemoryChainIndex model, TestLedger ledger, IEnumerable<TransactionId> ids, Random random)
    {
        Assert.That(index.Tip, Is.EqualTo(model.Tip));
        foreach (TransactionId id in ids) Assert.That(index.Find(id), Is.EqualTo(model.Find(id)));
        foreach (Address address in ledger.Addresses.Where(_ => random.Next(4) == 0).Append(ledger.Addresses[0]).Append(Address.Root))
        {
            int limit = random.Next(1, 200);
            foreach (bool newestFirst in new[] { true, false })
            {
                HistoryCursor? cursor = null;
                int pages = 0;
                do
                {
                    HistoryPage page = index.ReadHistory(address, limit, newestFirst, cursor);
                    HistoryPage expected = model.ReadHistory(address, limit, newestFirst, cursor);
                    Assert.That(page.Transactions.AsSpan().SequenceEqual(expected.Transactions.AsSpan()), Is.True, $"page {pages}");
                    Assert.That(page.Next, Is.EqualTo(expected.Next));
                    cursor = page.Next;
                }
                while (cursor is not null && ++pages < 10);
            }

            // A cursor that points to no transaction of the address.
            var place = new HistoryCursor((ulong)random.NextInt64((long)model.Tip!.Value.Height + 3), random.Next(25));
            bool order = random.Next(2) == 0;
            Assert.That(
                index.ReadHistory(address, limit, order, place).Transactions.AsSpan().SequenceEqual(model.ReadHistory(address, limit, order, place).Transactions.AsSpan()), Is.True);
        }
    }
}
