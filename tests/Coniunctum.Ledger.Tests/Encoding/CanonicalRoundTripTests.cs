using System.Buffers;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Tests.Encoding;

/// <summary>Whatever the bytes and however they are cut: one meaning or one fault, and the same bytes again.</summary>
public class CanonicalRoundTripTests
{
    [Test]
    public void Decode_Record_GivesTheRecord()
    {
        (SampleRecord record, DecodeOutcome outcome) = SampleRecord.Decode(new(SampleRecord.Example.Encode()));

        Assert.That(outcome.Fault, Is.EqualTo(DecodeFault.None));
        Assert.That(record, Is.EqualTo(SampleRecord.Example));
    }

    [Test]
    public void Decode_RecordTruncatedAnywhere_IsAFault()
    {
        byte[] encoding = SampleRecord.Example.Encode();
        for (int length = 0; length < encoding.Length; length++)
        {
            DecodeOutcome outcome = SampleRecord.Decode(new(encoding.AsMemory(0, length))).Outcome;
            Assert.That(outcome.Fault, Is.EqualTo(DecodeFault.Truncated), $"cut to {length} bytes");
            Assert.That(outcome.Offset, Is.LessThanOrEqualTo(length));
            Assert.That(SampleRecord.Decode(Segments.Single(encoding.AsSpan(0, length))).Outcome, Is.EqualTo(outcome), $"cut to {length} bytes");
        }
    }

    [Test]
    public void Decode_RecordCutAnywhere_GivesTheRecord()
    {
        byte[] encoding = SampleRecord.Example.Encode();
        var inputs = new List<ReadOnlySequence<byte>> { Segments.Single(encoding), Segments.SingleWithGaps(encoding) };
        for (int first = 0; first <= encoding.Length; first++)
        {
            inputs.Add(Segments.Cut(encoding, first));
            inputs.Add(Segments.Cut(encoding, first, Math.Min(first + 5, encoding.Length)));
        }

        foreach (ReadOnlySequence<byte> input in inputs)
        {
            (SampleRecord record, DecodeOutcome outcome) = SampleRecord.Decode(input);
            Assert.That(outcome.IsValid, Is.True, outcome.ToString());
            Assert.That(record, Is.EqualTo(SampleRecord.Example));
        }
    }

    [Test]
    public void Decode_RecordWithOneByteChanged_ReencodesOrFaultsAlikeInEverySegmentation()
    {
        const int seed = 0x5eed01;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] original = SampleRecord.Example.Encode();
        int accepted = 0;
        for (int round = 0; round < 5_000; round++)
        {
            byte[] encoding = (byte[])original.Clone();
            encoding[random.Next(encoding.Length)] = (byte)random.Next(256);
            (SampleRecord record, DecodeOutcome outcome) = SampleRecord.Decode(new(encoding));
            int[] cuts = [.. Enumerable.Range(0, 4).Select(_ => random.Next(encoding.Length)).Order()];
            (SampleRecord cutRecord, DecodeOutcome cutOutcome) = SampleRecord.Decode(round % 10 == 0 ? Segments.Single(encoding) : Segments.Cut(encoding, cuts));
            Assert.That(cutOutcome, Is.EqualTo(outcome));
            Assert.That(cutRecord, Is.EqualTo(record));
            if (!outcome.IsValid)
                continue;
            accepted++;
            Assert.That(record.Encode(), Is.EqualTo(encoding));
        }

        Assert.That(accepted, Is.InRange(1, 4_999), "both outcomes occurred");
    }

    [Test]
    public void Read_DrawnValues_AreTheWrittenOnes()
    {
        const int seed = 0x5eed02;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 3_000; round++)
        {
            object? value = AnyValue.Draw(random, depth: 3);
            byte[] encoding = AnyValue.Encode(value);
            var reader = new CanonicalReader(round % 2 == 0 ? new(encoding) : Segments.Cut(encoding, random.Next(encoding.Length)));
            object? read = AnyValue.Read(ref reader, encoding);
            Assert.That(reader.End().IsValid, Is.True, reader.Outcome.ToString());
            Assert.That(AnyValue.Describe(read), Is.EqualTo(AnyValue.Describe(value)));

            var skipping = new CanonicalReader(encoding);
            ReadOnlyMemory<byte> item = skipping.ReadItem(encoding.Length);
            Assert.That(skipping.End().IsValid, Is.True, skipping.Outcome.ToString());
            Assert.That(item.Span.SequenceEqual(encoding), Is.True);
        }
    }

    [Test]
    public void Read_RandomBytes_AreRefusedOrReencodedAlike()
    {
        const int seed = 0x5eed03;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < 100_000; round++)
        {
            byte[] bytes = round % 2 == 0 ? new byte[random.Next(24)] : AnyValue.Encode(AnyValue.Draw(random, depth: 2));
            if (round % 2 == 0)
                random.NextBytes(bytes);
            else
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));

            var skipping = new CanonicalReader(Segments.Cut(bytes, random.Next(bytes.Length + 1)));
            skipping.SkipItem(bytes.Length);
            bool isCanonical = skipping.End().IsValid;
            var reader = new CanonicalReader(bytes);
            object? value = AnyValue.Read(ref reader, bytes);
            Assert.That(reader.End().IsValid, Is.EqualTo(isCanonical), $"{Convert.ToHexStringLower(bytes)}: {reader.Outcome} {skipping.Outcome}");
            if (!isCanonical)
                continue;
            accepted++;
            Assert.That(AnyValue.Encode(value), Is.EqualTo(bytes));
        }

        TestContext.Out.WriteLine(Invariant($"{accepted} accepted"));
        Assert.That(accepted, Is.InRange(1_000, 99_000), "both outcomes occurred often");
    }
}
