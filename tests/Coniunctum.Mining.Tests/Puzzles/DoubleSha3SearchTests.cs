using Coniunctum.Crypto;
using Coniunctum.Crypto.Merkle;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum.Mining.Tests.Puzzles;

public sealed class DoubleSha3SearchTests
{
    private const ulong Latest = 1_000_000;

    // So little that one thread tries it all at once.
    private const int SmallTable = 512;
    private const ulong SmallTableNonces = SmallTable / Hash256.Size;

    private static readonly Hash256 s_hard = Hash256.Parse("00000000ffff" + new string('0', 52));
    private static readonly Hash256 s_easy = Hash256.Parse("ff" + new string('0', 62));

    /// <summary>As many as there are from the earliest on, up to 64 and down to a power of two; the latest is always one of them.</summary>
    [TestCase(0UL, 1)]
    [TestCase(1UL, 2)]
    [TestCase(2UL, 2)]
    [TestCase(3UL, 4)]
    [TestCase(62UL, 32)]
    [TestCase(63UL, 64)]
    [TestCase(64UL, 64)]
    [TestCase(Latest, 64)]
    public void Prepare_WithATime_TriesTheLastMilliseconds(ulong back, int times)
    {
        SearchSpace space = Prepare(Header(StandardFormat.Instance), Latest - back, StandardFormat.Instance, 0);
        BlockHeader[] headers = [.. Enumerable.Range(0, 2 * times).Select(number => space.HeaderOf((ulong)number))];
        Assert.That(
            headers.Select(header => (header.Nonce, header.Timestamp.UnixMilliseconds)),
            Is.EqualTo(Enumerable.Range(0, 2 * times).Select(number => ((ulong)(number / times), Latest - (ulong)(times - 1 - (number % times))))));
        Assert.That(space.Puzzle.LastNonce, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void Prepare_AnyFormat_TheDigestOfANumberIsThatOfItsHeader(
        [Values("standard", "int32coin", "time in the first block")] string format, [Values(0, SmallTable)] int tableBytes, [Values(0UL, 5UL, 500UL)] ulong back)
    {
        IBlockFormat headers = FormatOf(format);
        BlockHeader header = Header(headers);
        SearchSpace space = Prepare(header, header.Timestamp.UnixMilliseconds - Math.Min(back, header.Timestamp.UnixMilliseconds), headers, tableBytes);
        foreach (ulong number in (ulong[])[0, 1, 7, SmallTableNonces - 1])
        {
            BlockHeader tried = space.HeaderOf(number);
            Assert.That(space.Puzzle.Digest(number), Is.EqualTo(headers.Digest(tried)));
            Assert.That(tried with { Nonce = 0, Timestamp = header.Timestamp }, Is.EqualTo(header), "nothing else varies");
        }
    }

    /// <summary>The oracle is the plain search: one header after another, each hashed as a verifier does.</summary>
    [Test]
    public void TryFind_WithTimesOrATable_FindsWhatThePlainSearchFinds([Values("standard", "int32coin")] string format, [Values(20261128)] int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        IBlockFormat headers = FormatOf(format);
        for (int trial = 0; trial < 100; trial++)
        {
            BlockHeader header = Header(headers) with { Height = (ulong)trial, Target = s_hard };
            SearchSpace space = Prepare(header, header.Timestamp.UnixMilliseconds - (ulong)random.Next(0, headers.Traits.HasExtendedHeader ? 80 : 1), headers, 32 * SmallTable);
            Hash256 target = Hash256.Parse($"{random.Next(1, 10):x2}" + new string('7', 62));
            ulong plain = 0;
            while (headers.Digest(space.HeaderOf(plain)) >= target) plain++;

            Assert.That(space.Puzzle.TryFind(0, 500, target, out ulong found), Is.EqualTo(plain < 500));
            if (plain < 500) Assert.That(found, Is.EqualTo(plain));
        }
    }

    [Test]
    public void Prepare_WithoutATime_LooksNoncesUpOnceTheTargetRepaysTheTable()
    {
        IBlockFormat format = Int32CoinFormat.Instance;
        Assert.That(Prepare(Header(format) with { Target = s_hard }, 0, format, SmallTable).Puzzle.LastNonce, Is.EqualTo(SmallTableNonces - 1));
        Assert.That(Prepare(Header(format) with { Target = ProofOfWork.TargetFor(SmallTableNonces).Value }, 0, format, SmallTable).Puzzle.LastNonce, Is.EqualTo(SmallTableNonces - 1));
        Assert.That(Prepare(Header(format) with { Target = ProofOfWork.TargetFor(SmallTableNonces - 1).Value }, 0, format, SmallTable).Puzzle.LastNonce, Is.EqualTo(ulong.MaxValue));
        Assert.That(Prepare(Header(format) with { Target = s_hard }, 0, format, 0).Puzzle.LastNonce, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void Prepare_OneSearch_ComputesItsTableOnce()
    {
        IHeaderSearch search = Search(1 << 20);
        BlockHeader header = Header(Int32CoinFormat.Instance) with { Target = s_hard };
        search.Prepare(header, default, Int32CoinFormat.Instance);
        long before = GC.GetAllocatedBytesForCurrentThread();
        search.Prepare(header, default, Int32CoinFormat.Instance);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 16));
    }

    [Test]
    public void Prepare_EarliestAfterTheHeadersTime_Throws() => Assert.That(
        () => Prepare(Header(StandardFormat.Instance), Latest + 1, StandardFormat.Instance, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(-1)]
    [TestCase(MiningOptions.MaxNonceTableBytes + 1)]
    public void CreateSearch_MemoryOutOfRange_Throws(int bytes) => Assert.That(() => Search(bytes), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static IHeaderSearch Search(int tableBytes) => new DoubleSha3().CreateSearch(new MiningOptions { NonceTableBytes = tableBytes });

    private static SearchSpace Prepare(BlockHeader header, ulong earliest, IBlockFormat format, int tableBytes) =>
        Search(tableBytes).Prepare(header, new Timestamp(earliest), format);

    private static IBlockFormat FormatOf(string name) => name switch
    {
        "standard" => StandardFormat.Instance,
        "int32coin" => Int32CoinFormat.Instance,
        _ => new TimeFirst(),
    };

    private static BlockHeader Header(IBlockFormat format) => new()
    {
        Height = 3,
        Nonce = 0,
        Previous = new BlockId(Sha3_256.Hash("previous"u8)),
        MerkleRoot = Sha3_256.Hash("root"u8),
        Target = s_easy,
        Timestamp = new Timestamp(format.Traits.HasExtendedHeader ? Latest : 0),
    };

    /// <summary>A header in one block, the time last: it cannot vary there as it does in a later block.</summary>
    private sealed class TimeFirst : IFieldHashFormat
    {
        public FormatTraits Traits => StandardFormat.Instance.Traits;

        public IBlockCodec Codec => StandardFormat.Instance.Codec;

        public int FieldHashesSize => 3 * Hash256.Size;

        public int NonceHashOffset => Hash256.Size;

        public int? TimestampHashOffset => 2 * Hash256.Size;

        public void WriteFieldHashes(BlockHeader header, Span<byte> destination)
        {
            Span<byte> standard = stackalloc byte[StandardFormat.Instance.FieldHashesSize];
            StandardFormat.Instance.WriteFieldHashes(header, standard);
            standard[..(2 * Hash256.Size)].CopyTo(destination);
            standard.Slice(StandardFormat.Instance.TimestampHashOffset!.Value, Hash256.Size).CopyTo(destination[(2 * Hash256.Size)..]);
        }

        public Hash256 Digest(BlockHeader header)
        {
            Span<byte> row = stackalloc byte[FieldHashesSize];
            WriteFieldHashes(header, row);
            return Sha3_256.DoubleHash(row);
        }

        public TransactionId SigningDigest(Transaction transaction, BlockId chainId) => StandardFormat.Instance.SigningDigest(transaction, chainId);

        public Hash256 Leaf(Transaction transaction, int index) => StandardFormat.Instance.Leaf(transaction, index);

        public bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root) => StandardFormat.Instance.TryComputeRoot(leaves, out root);

        public MerkleProof ProveLeaf(ReadOnlySpan<Hash256> leaves, int index) => StandardFormat.Instance.ProveLeaf(leaves, index);

        public bool VerifyLeaf(Hash256 root, Hash256 leaf, MerkleProof proof) => StandardFormat.Instance.VerifyLeaf(root, leaf, proof);
    }
}
