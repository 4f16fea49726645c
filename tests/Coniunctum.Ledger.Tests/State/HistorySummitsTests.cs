using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Tests.State;

[Category("Long")]
public sealed class HistorySummitsTests
{
    private static readonly int s_doublings = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 20 : 17;

    [Test]
    public void Create_AtManyBlocks_ReadsTwoRowsForEachDoubling()
    {
        // As many peaks as there can be below 2^17 or 2^20 blocks, of which none is small.
        ulong blocks = (1UL << s_doublings) - 1;
        var chain = new CountedChain(blocks);
        HistoryTree tree = HistoryTree.Empty;
        for (ulong height = 0; height < blocks; height++) tree = tree.With(CountedChain.IdAt(height), height == 0 ? Work.Zero : Work.From(3));
        int most = 0;
        foreach (ulong ancestor in (ulong[])[0, 1, 2, 77_777, blocks / 2, blocks - 2, blocks - 1])
        {
            chain.Rows = 0;
            var proof = HistoryProof.Create(chain.Source, blocks, ancestor, out BlockId id, out Work weight);
            Assert.That(HistoryProof.Verify(proof, tree.Root, blocks, ancestor, id, weight), Is.True);
            most = Math.Max(most, chain.Rows);
        }

        TestContext.Out.WriteLine(Invariant($"{blocks} blocks: {most} rows at most"));
        Assert.That(most, Is.EqualTo(2 * s_doublings + 2), "at most 16 of 17 beside the ancestor and as many peaks, of which two are a block's own, and four heads for those and for the ancestor");
    }

    [Test]
    public void After_AnyNumberOfBlocks_GoesOnAsTheWholeChainDoes()
    {
        const ulong blocks = 130;
        var chain = new CountedChain(blocks);
        for (ulong count = 0; count <= blocks - 2; count++)
        {
            chain.Rows = 0;
            var summits = HistorySummits.After(count, chain.SummitsAt, chain.Heads);
            Assert.That(chain.Rows, Is.LessThanOrEqualTo(ulong.PopCount(count) + 3));
            summits = summits.With(chain.HeadAt(count), out ReadOnlyMemory<byte> first).With(chain.HeadAt(count + 1), out ReadOnlyMemory<byte> second);
            Assert.That(summits.Count, Is.EqualTo(count + 2));
            Assert.That((first.ToArray(), second.ToArray()), Is.EqualTo((chain.SummitsAt(count)!.Value.ToArray(), chain.SummitsAt(count + 1)!.Value.ToArray())));
        }
    }

    [Test]
    public void After_WhereRowsAreMissing_ComputesThemFromThoseBelow()
    {
        var chain = new CountedChain(100);
        var whole = HistorySummits.After(96, chain.SummitsAt, chain.Heads);
        var without = HistorySummits.After(96, height => height is 63 or 31 or 95 ? null : chain.SummitsAt(height), chain.Heads);
        for (ulong height = 96; height < 100; height++)
        {
            whole = whole.With(chain.HeadAt(height), out ReadOnlyMemory<byte> expected);
            without = without.With(chain.HeadAt(height), out ReadOnlyMemory<byte> found);
            Assert.That(found.ToArray(), Is.EqualTo(expected.ToArray()));
        }
    }

    [Test]
    public void With_AnotherHeight_Throws() =>
        Assert.That(() => HistorySummits.None.With(new CountedChain(3).HeadAt(1), out _), Throws.ArgumentException);

    /// <summary>A chain of heads that mean nothing, which counts the rows that are read.</summary>
    private sealed class CountedChain
    {
        private readonly ReadOnlyMemory<byte>[] _summits;

        public CountedChain(ulong blocks)
        {
            _summits = new ReadOnlyMemory<byte>[blocks];
            HistorySummits chain = HistorySummits.None;
            for (ulong height = 0; height < blocks; height++) chain = chain.With(HeadAt(height), out _summits[height]);
        }

        public int Rows { get; set; }

        public IChainReader Source => new Reader(this);

        public static BlockId IdAt(ulong height)
        {
            Span<byte> bytes = stackalloc byte[Hash256.Size];
            bytes.Clear();
            BinaryPrimitives.WriteUInt64BigEndian(bytes, height * 0x9E3779B97F4A7C15);
            return new BlockId(new Hash256(bytes));
        }

        public StoredHead HeadAt(ulong height) => new(IdAt(height), height, default, default, Work.From(3 * height));

        public ReadOnlyMemory<byte>? SummitsAt(ulong height)
        {
            Rows++;
            return height < (ulong)_summits.Length ? _summits[height] : default(ReadOnlyMemory<byte>?);
        }

        public ImmutableArray<StoredHead> Heads(ulong from, int count)
        {
            ImmutableArray<StoredHead> heads = [.. Enumerable.Range(0, count).Select(i => from + (ulong)i).Where(height => height < (ulong)_summits.Length).Select(HeadAt)];
            Rows += heads.Length;
            return heads;
        }

        private sealed class Reader(CountedChain chain) : IChainReader
        {
            public StoredTip? Tip => throw new NotSupportedException();

            public StoredTip? Checkpoint => throw new NotSupportedException();

            public ReadOnlyMemory<byte>? ReadSummits(ulong height) => chain.SummitsAt(height);

            public ImmutableArray<StoredHead> ReadHeads(ulong from, int count) => chain.Heads(from, count);

            public BlockId? IdAt(ulong height) => throw new NotSupportedException();

            public StoredHead? FindHead(BlockId id) => throw new NotSupportedException();

            public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => throw new NotSupportedException();

            public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => throw new NotSupportedException();

            public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => throw new NotSupportedException();

            public ReadOnlyMemory<byte>? ReadRecord(string key) => throw new NotSupportedException();

            public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint() => throw new NotSupportedException();
        }
    }
}
