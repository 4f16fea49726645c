using System.Buffers;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Tests.Encoding;

namespace Coniunctum.Ledger.Tests.Formats;

/// <summary>What every format's codec keeps, whoever wrote the bytes.</summary>
[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class BlockCodecTests(IBlockFormat format)
{
    private static readonly LedgerLimits Limits = new();

    [Test]
    public void ReadBlock_WrittenBlocks_AreTheSame()
    {
        const int seed = 0xb10c01;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            Block block = Samples.DrawBlock(random, format);
            byte[] encoded = Samples.Encode(block, format);
            ReadOnlySequence<byte> input = (round % 3) switch
            {
                0 => new(encoded),
                1 => Segments.Cut(encoded, [.. Enumerable.Range(0, 5).Select(_ => random.Next(encoded.Length)).Order()]),
                _ => Segments.Single(encoded),
            };
            DecodeOutcome outcome = Samples.Decode(input, format, Limits, out Block read);
            Assert.That(outcome.IsValid, Is.True, outcome.ToString());
            AssertEqual(read, block);
            Assert.That(Samples.Encode(read, format), Is.EqualTo(encoded));
        }
    }

    [Test]
    public void ReadHeader_WrittenHeaders_AreTheSame()
    {
        const int seed = 0xb10c02;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            BlockHeader header = Samples.DrawHeader(random, format);
            var reader = new CanonicalReader(Samples.Encode(header, format));
            Assert.That(format.Codec.ReadHeader(ref reader), Is.EqualTo(header));
            Assert.That(reader.End().IsValid, Is.True);
        }
    }

    [Test]
    public void ReadTransaction_WrittenTransactions_AreTheSame()
    {
        const int seed = 0xb10c03;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            Transaction transaction = Samples.DrawTransaction(random, format);
            int index = random.Next(8192);
            var reader = new CanonicalReader(Samples.Encode(transaction, format, index));
            Transaction read = format.Codec.ReadTransaction(ref reader, index, Limits);
            Assert.That(reader.End().IsValid, Is.True);
            AssertEqual(read, transaction);
        }
    }

    [Test]
    public void ReadBlock_TruncatedAnywhere_IsAFault()
    {
        byte[] encoded = Small();
        for (int length = 0; length < encoded.Length; length++)
        {
            DecodeOutcome outcome = Samples.Decode(new(encoded.AsMemory(0, length)), format, Limits, out _);
            Assert.That(outcome.Fault, Is.EqualTo(DecodeFault.Truncated), $"cut to {length} bytes");
            Assert.That(Samples.Decode(Segments.Single(encoded.AsSpan(0, length)), format, Limits, out _), Is.EqualTo(outcome));
        }
    }

    [Test]
    public void ReadBlock_OneByteMore_IsAFault() =>
        Assert.That(
            Samples.Decode(new([.. Small(), 0xc0]), format, Limits, out _).Fault, Is.EqualTo(DecodeFault.TrailingBytes));

    [Test]
    public void ReadBlock_EverySingleBitFlipped_IsAFaultOrAnotherBlock()
    {
        byte[] encoded = Small();
        int accepted = 0;
        for (int bit = 0; bit < encoded.Length * 8; bit++)
        {
            byte[] flipped = (byte[])encoded.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            DecodeOutcome outcome = Samples.Decode(new(flipped), format, Limits, out Block read);
            if (!outcome.IsValid) continue;
            accepted++;
            Assert.That(Samples.Encode(read, format), Is.EqualTo(flipped), $"bit {bit}");
        }

        TestContext.Out.WriteLine(Invariant($"{accepted} of {encoded.Length * 8} accepted"));
        Assert.That(accepted, Is.InRange(1, (encoded.Length * 8) - 1), "both outcomes occurred");
    }

    [Test]
    public void ReadBlock_CutAnywhere_IsTheBlock()
    {
        byte[] encoded = Small();
        for (int cut = 0; cut <= encoded.Length; cut++)
        {
            DecodeOutcome outcome = Samples.Decode(Segments.Cut(encoded, cut), format, Limits, out Block read);
            Assert.That(outcome.IsValid, Is.True, outcome.ToString());
            Assert.That(Samples.Encode(read, format), Is.EqualTo(encoded), $"cut at {cut}");
        }
    }

    [Test]
    public void ReadBlock_HostileTransactionCounts_AllocateLittle()
    {
        // The list's head is the last byte of a block without transactions (in the standard format, before the nil).
        byte[] empty = Samples.Encode(new Block { Header = Samples.DrawHeader(new Random(1), format), Transactions = [] }, format);
        byte[] head = format.Traits.HasExtendedHeader ? empty[..^2] : empty[..^1];

        // 8,192 is the default limit: 1 MiB / 128 bytes.
        AssertBounded([.. head, 0xdd, 0xff, 0xff, 0xff, 0xff], DecodeFault.TooLong, 2_000);
        AssertBounded([.. head, 0xdd, 0x7f, 0xff, 0xff, 0xff], DecodeFault.TooLong, 2_000);
        AssertBounded([.. head, 0xdc, 0x20, 0x01], DecodeFault.TooLong, 2_000);
        AssertBounded([.. head, 0xdc, 0x20, 0x00], DecodeFault.Truncated, 2_000);
        AssertBounded([.. head, 0xdc, 0x20, 0x00, .. new byte[8192]], DecodeFault.WrongType, 70_000);
    }

    [Test]
    public void ReadBlock_MoreTransactionsThanABlockMayHold_StopsEarly()
    {
        var random = new Random(3);
        var block = new Block
        {
            Header = Samples.DrawHeader(random, format),
            Transactions = [.. Enumerable.Range(0, 8192).Select(_ => Samples.DrawTransaction(random, format).WithSignature(new byte[65]))],
        };
        byte[] encoded = Samples.Encode(block, format);

        Assert.That(encoded, Has.Length.GreaterThan(1_048_576));
        Assert.That(Samples.Decode(new(encoded), format, Limits, out Block read).Fault, Is.EqualTo(DecodeFault.InvalidValue));
        Assert.That(read.Transactions, Is.Empty);
        Assert.That(Samples.Decode(new(encoded), format, new LedgerLimits { MaxBlockBytes = encoded.Length }, out _).IsValid, Is.True);
    }

    private void AssertBounded(byte[] input, DecodeFault expected, long maxBytes)
    {
        Samples.Decode(new(input), format, Limits, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DecodeOutcome outcome = Samples.Decode(new(input), format, Limits, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(outcome.Fault, Is.EqualTo(expected));
        Assert.That(allocated, Is.LessThanOrEqualTo(maxBytes));
    }

    /// <summary>A block with one transaction of each size of number.</summary>
    private byte[] Small()
    {
        var random = new Random(2);
        bool isStandard = format.Traits.HasFees;
        return Samples.Encode(
            new Block
            {
                Header = Samples.DrawHeader(random, format),
                Transactions =
                [
                    Samples.DrawTransaction(random, format).WithSignature(new byte[65]),
                    Samples.DrawTransaction(random, format).WithSignature(new byte[65]),
                ],
                Seal = isStandard ? new byte[3] : default,
                Certificate = isStandard ? new ReadOnlyMemory<byte>(new byte[2]) : default(ReadOnlyMemory<byte>?),
            },
            format);
    }

    private static void AssertEqual(Block read, Block written)
    {
        Assert.That(read.Header, Is.EqualTo(written.Header));
        Assert.That(read.Seal.ToArray(), Is.EqualTo(written.Seal.ToArray()));
        Assert.That(read.Certificate?.ToArray(), Is.EqualTo(written.Certificate?.ToArray()));
        Assert.That(read.Transactions, Has.Count.EqualTo(written.Transactions.Count));
        foreach ((Transaction left, Transaction right) in read.Transactions.Zip(written.Transactions)) AssertEqual(left, right);
    }

    private static void AssertEqual(Transaction read, Transaction written)
    {
        Assert.That(read.Tag, Is.EqualTo(written.Tag));
        Assert.That(read.Sender, Is.EqualTo(written.Sender));
        Assert.That(read.Receiver, Is.EqualTo(written.Receiver));
        Assert.That(read.Amount, Is.EqualTo(written.Amount));
        Assert.That(read.Fee, Is.EqualTo(written.Fee));
        Assert.That(read.Payload.ToArray(), Is.EqualTo(written.Payload.ToArray()));
        Assert.That(read.Signature.ToArray(), Is.EqualTo(written.Signature.ToArray()));
    }
}
