using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Tests.Encoding;

public class CanonicalWriterTests
{
    private delegate void Writing(ref CanonicalWriter writer);

    // MessagePack specification, "int format family".
    [TestCase(0UL, "00")]
    [TestCase(127UL, "7f")]
    [TestCase(128UL, "cc80")]
    [TestCase(255UL, "ccff")]
    [TestCase(256UL, "cd0100")]
    [TestCase(65535UL, "cdffff")]
    [TestCase(65536UL, "ce00010000")]
    [TestCase(4294967295UL, "ceffffffff")]
    [TestCase(4294967296UL, "cf0000000100000000")]
    [TestCase(ulong.MaxValue, "cfffffffffffffffff")]
    public void WriteUInt64_AroundEveryForm_IsShortest(ulong value, string expected) =>
        Assert.That(Hex((ref writer) => writer.WriteUInt64(value)), Is.EqualTo(expected));

    [TestCase(0, "90")]
    [TestCase(15, "9f")]
    [TestCase(16, "dc0010")]
    [TestCase(65535, "dcffff")]
    [TestCase(65536, "dd00010000")]
    [TestCase(int.MaxValue, "dd7fffffff")]
    public void WriteArrayHeader_AroundEveryForm_IsShortest(int count, string expected)
    {
        Assert.That(Hex((ref writer) => writer.WriteArrayHeader(count)), Is.EqualTo(expected));
        Assert.That(Hex((ref writer) => writer.WriteListHeader(count, count)), Is.EqualTo(expected));
    }

    [TestCase(0, "c400")]
    [TestCase(255, "c4ff")]
    [TestCase(256, "c50100")]
    [TestCase(65535, "c5ffff")]
    [TestCase(65536, "c600010000")]
    public void WriteBytes_AroundEveryForm_IsShortest(int length, string expected)
    {
        byte[] value = new byte[length];
        Array.Fill(value, (byte)0xab);
        expected += Convert.ToHexStringLower(value);

        Assert.That(Hex((ref writer) => writer.WriteBytes(value, length)), Is.EqualTo(expected));
        Assert.That(Hex((ref writer) => writer.WriteFixed(value)), Is.EqualTo(expected));
    }

    [TestCase(0, "a0")]
    [TestCase(31, "bf")]
    [TestCase(32, "d920")]
    [TestCase(255, "d9ff")]
    [TestCase(256, "da0100")]
    [TestCase(65535, "daffff")]
    [TestCase(65536, "db00010000")]
    public void WriteString_AroundEveryForm_IsShortest(int length, string expected)
    {
        string value = new('x', length);

        Assert.That(
            Hex((ref writer) => writer.WriteString(value, length)),
            Is.EqualTo(expected + string.Concat(Enumerable.Repeat("78", length))));
    }

    [Test]
    public void Write_ConstantsAndHash_AreTheirBytes()
    {
        const string digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        Assert.That(Hex((ref writer) => writer.WriteNil()), Is.EqualTo("c0"));
        Assert.That(Hex((ref writer) => writer.WriteBoolean(false)), Is.EqualTo("c2"));
        Assert.That(Hex((ref writer) => writer.WriteBoolean(true)), Is.EqualTo("c3"));
        Assert.That(Hex((ref writer) => writer.WriteHash256(Hash256.Parse(digits))), Is.EqualTo("c420" + digits));
        Assert.That(Hex((ref writer) => writer.WriteItem([0x91, 0x01])), Is.EqualTo("9101"));
    }

    [Test]
    public void Write_AboveLimit_Throws()
    {
        Assert.That(() => Hex((ref writer) => writer.WriteBytes([1, 2, 3], 2)), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Hex((ref writer) => writer.WriteListHeader(3, 2)), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Hex((ref writer) => writer.WriteListHeader(-1, 2)), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Hex((ref writer) => writer.WriteArrayHeader(-1)), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Hex((ref writer) => writer.WriteItem([])), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new CanonicalWriter((IBufferWriter<byte>)null!).Flush(), Throws.ArgumentNullException);
    }

    [Test]
    public void WriteString_AboveLimit_CountsBytesOfUtf8()
    {
        Assert.That(Hex((ref writer) => writer.WriteString("é", 2)), Is.EqualTo("a2c3a9"));
        Assert.That(() => Hex((ref writer) => writer.WriteString("é", 1)), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void WriteString_LoneSurrogate_Throws()
    {
        // Not as test cases: metadata cannot hold such texts.
        foreach (string value in new[] { "\ud800", "a\udc00b", "\ud83c\ud83c" })
            Assert.That(() => Hex((ref writer) => writer.WriteString(value)), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Flush_OutputGivingNoByteTooMany_LosesNone()
    {
        object?[] value = [.. Enumerable.Range(0, 2_000).Select(i => (object?)(ulong)i), new byte[3_000], "text", new byte[5]];
        var output = new CountingWriter();
        var writer = new CanonicalWriter(output);

        AnyValue.Write(ref writer, value);
        writer.Flush();
        writer.Flush();

        Assert.That(output.Written, Is.EqualTo(AnyValue.Encode(value)));
    }

    [Test]
    public void Write_ManySmallValues_AsksTheOutputSeldom()
    {
        var output = new CountingWriter();
        var writer = new CanonicalWriter(output);
        for (int i = 0; i < 1_000; i++)
            writer.WriteBoolean(true);
        writer.Flush();

        Assert.That(output.Written, Has.Length.EqualTo(1_000));
        Assert.That(output.Requests, Is.LessThanOrEqualTo(4));
    }

    private static string Hex(Writing writing)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writing(ref writer);
        writer.Flush();
        return Convert.ToHexStringLower(output.WrittenSpan);
    }

    /// <summary>Gives exactly as many bytes as it is asked for, and 7 when it is not told how many.</summary>
    private sealed class CountingWriter : IBufferWriter<byte>
    {
        private readonly List<byte> _bytes = [];
        private byte[] _lent = [];

        public int Requests { get; private set; }

        public byte[] Written => [.. _bytes];

        public void Advance(int count)
        {
            _bytes.AddRange(_lent.AsSpan(0, count));
            _lent = [];
        }

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Requests++;
            return _lent = new byte[sizeHint == 0 ? 7 : sizeHint];
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }

    [Test]
    public void Write_MemoryOfExactlyTheLength_HoldsTheEncoding()
    {
        byte[] memory = new byte[1 + 9 + 5 + 2 + 3 + 34];
        var writer = new CanonicalWriter(memory);
        WriteAll(ref writer);
        writer.Flush();

        var output = new ArrayBufferWriter<byte>();
        var reference = new CanonicalWriter(output);
        WriteAll(ref reference);
        reference.Flush();
        Assert.That(writer.Written.ToArray(), Is.EqualTo(output.WrittenSpan.ToArray()));
        Assert.That(writer.Written.Length, Is.EqualTo(54));
    }

    [Test]
    public void Write_MemoryOneByteTooShort_Throws() =>
        Assert.That(
            () =>
            {
                var writer = new CanonicalWriter(new byte[53]);
                WriteAll(ref writer);
            },
            Throws.ArgumentException);

    private static void WriteAll(ref CanonicalWriter writer)
    {
        writer.WriteArrayHeader(5);
        writer.WriteUInt64(ulong.MaxValue);
        writer.WriteUInt64(uint.MaxValue);
        writer.WriteUInt64(byte.MaxValue);
        writer.WriteUInt64(ushort.MaxValue);
        writer.WriteFixed(new byte[32]);
    }
}
