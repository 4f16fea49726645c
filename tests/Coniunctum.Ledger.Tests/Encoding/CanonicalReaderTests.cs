using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Tests.Encoding;

public class CanonicalReaderTests
{
    [Test]
    public void Outcome_BeforeEnd_IsUnchecked()
    {
        var reader = new CanonicalReader(new byte[] { 0x01 });
        _ = reader.ReadUInt64();

        Assert.That(reader.Outcome.Fault, Is.EqualTo(DecodeFault.Unchecked));
        Assert.That(reader.Outcome.IsValid, Is.False);
        Assert.That(reader.IsFaulted, Is.False);
        Assert.That(reader.End().IsValid, Is.True);
        Assert.That(reader.End().IsValid, Is.True, "asked again");
        Assert.That(reader.Consumed, Is.EqualTo(1));
    }

    [Test]
    public void End_EmptyInput_IsNoFault()
    {
        Assert.That(new CanonicalReader(ReadOnlyMemory<byte>.Empty).End().IsValid, Is.True);
        Assert.That(new CanonicalReader(Segments.Cut([], 0, 0)).End().IsValid, Is.True);
        Assert.That(default(CanonicalReader).End().IsValid, Is.True);
    }

    [Test]
    public void Read_AfterFault_ReturnsDefaultsAndKeepsTheFirstFault()
    {
        // Two sound values, then a map, then a value of every type.
        byte[] bytes = Convert.FromHexString("01028001c0c3c40101a16191010203");
        var reader = new CanonicalReader(bytes);
        _ = reader.ReadUInt64();
        _ = reader.ReadUInt64();
        _ = reader.ReadBytes(10);
        DecodeOutcome first = reader.Outcome;
        Assert.That(first, Is.EqualTo(new DecodeOutcome(DecodeFault.WrongType, 2, CanonicalType.Bytes, 0, 0x80)));

        Span<byte> filled = [1, 2, 3];
        reader.ReadFixed(filled);
        reader.ReadArrayHeader(1);
        reader.SkipItem(100);
        reader.Reject(1, 2);
        Assert.That(filled.ToArray(), Is.EqualTo(new byte[3]));
        Assert.That(reader.ReadListHeader(10), Is.Zero);
        Assert.That(reader.ReadUInt64(), Is.Zero);
        Assert.That(reader.ReadUInt32(), Is.Zero);
        Assert.That(reader.ReadUInt16(), Is.Zero);
        Assert.That(reader.ReadBoolean(), Is.False);
        Assert.That(reader.TryReadNil(), Is.False);
        Assert.That(reader.ReadBytes(10).IsEmpty, Is.True);
        Assert.That(reader.ReadHash256(), Is.EqualTo(Hash256.Zero));
        Assert.That(reader.ReadString(10), Is.Empty);
        Assert.That(reader.ReadItem(10).IsEmpty, Is.True);
        Assert.That(reader.BytesSince(0).IsEmpty, Is.True);
        Assert.That(reader.IsFaulted, Is.True);
        Assert.That(reader.Consumed, Is.EqualTo(2));
        Assert.That(reader.Outcome, Is.EqualTo(first));
        Assert.That(reader.End(), Is.EqualTo(first));
    }

    [Test]
    public void Read_AfterEnd_IsAFault()
    {
        var reader = new CanonicalReader(ReadOnlyMemory<byte>.Empty);
        Assert.That(reader.End().IsValid, Is.True);
        Assert.That(reader.ReadUInt64(), Is.Zero);
        Assert.That(reader.End().Fault, Is.EqualTo(DecodeFault.Truncated));
    }

    [Test]
    public void ReadArrayHeader_OtherCount_IsRejected([Values("90", "92", "9f", "dc0010")] string head)
    {
        var reader = new CanonicalReader(Convert.FromHexString(head + "0101010101010101010101010101010101"));
        reader.ReadArrayHeader(1);

        Assert.That(reader.Outcome.Fault, Is.EqualTo(DecodeFault.WrongLength));
        Assert.That(reader.Outcome.Expected, Is.EqualTo(1));
    }

    [Test]
    public void ReadListHeader_AtAndAboveLimit()
    {
        byte[] bytes = [0x93, 1, 2, 3];
        var reader = new CanonicalReader(bytes);
        Assert.That(reader.ReadListHeader(3), Is.EqualTo(3));

        reader = new CanonicalReader(bytes);
        Assert.That(reader.ReadListHeader(2), Is.Zero);
        Assert.That(reader.End(), Is.EqualTo(new DecodeOutcome(DecodeFault.TooLong, 0, CanonicalType.Array, 2, 3)));
    }

    [Test]
    public void ReadListHeader_MoreItemsThanBytesLeft_IsTruncated()
    {
        var reader = new CanonicalReader(new byte[] { 0x93, 1, 2 });
        Assert.That(reader.ReadListHeader(1_000), Is.Zero);
        Assert.That(reader.End(), Is.EqualTo(new DecodeOutcome(DecodeFault.Truncated, 0, CanonicalType.Array, 3, 2)));
    }

    [TestCase("7f", 127UL, true)]
    [TestCase("cc80", 127UL, false)]
    [TestCase("cdffff", 65535UL, true)]
    [TestCase("ce00010000", 65535UL, false)]
    [TestCase("cfffffffffffffffff", ulong.MaxValue, true)]
    public void ReadUInt64_AtAndAboveLimit(string hex, ulong max, bool isAccepted)
    {
        var reader = new CanonicalReader(Convert.FromHexString(hex));
        Assert.That(reader.ReadUInt64(max), Is.EqualTo(isAccepted ? max : 0));
        Assert.That(reader.End().Fault, Is.EqualTo(isAccepted ? DecodeFault.None : DecodeFault.OutOfRange));
    }

    [Test]
    public void ReadUInt16AndUInt32_AboveTheirRange_AreRejected()
    {
        var reader = new CanonicalReader(Convert.FromHexString("cdffff"));
        Assert.That(reader.ReadUInt16(), Is.EqualTo(65_535));
        reader = new CanonicalReader(Convert.FromHexString("ce00010000"));
        Assert.That(reader.ReadUInt16(), Is.Zero);
        Assert.That(reader.Outcome, Is.EqualTo(new DecodeOutcome(DecodeFault.OutOfRange, 0, CanonicalType.UnsignedInteger, 65_535, 65_536)));

        reader = new CanonicalReader(Convert.FromHexString("ceffffffff"));
        Assert.That(reader.ReadUInt32(), Is.EqualTo(4_294_967_295));
        reader = new CanonicalReader(Convert.FromHexString("cf0000000100000000"));
        Assert.That(reader.ReadUInt32(), Is.Zero);
        Assert.That(reader.Outcome.Fault, Is.EqualTo(DecodeFault.OutOfRange));
    }

    [Test]
    public void TryReadNil_SomethingElse_ReadsNothing()
    {
        var reader = new CanonicalReader(new byte[] { 0x05, 0xc0 });
        Assert.That(reader.TryReadNil(), Is.False);
        Assert.That(reader.ReadUInt64(), Is.EqualTo(5));
        Assert.That(reader.TryReadNil(), Is.True);
        Assert.That(reader.TryReadNil(), Is.False, "at the end");
        Assert.That(reader.End().IsValid, Is.True);
    }

    [Test]
    public void ReadBytes_AtAndAboveLimit()
    {
        byte[] bytes = [0xc4, 3, 1, 2, 3];
        var reader = new CanonicalReader(bytes);
        Assert.That(reader.ReadBytes(3).ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(reader.End().IsValid, Is.True);

        reader = new CanonicalReader(bytes);
        Assert.That(reader.ReadBytes(2).IsEmpty, Is.True);
        Assert.That(reader.End(), Is.EqualTo(new DecodeOutcome(DecodeFault.TooLong, 0, CanonicalType.Bytes, 2, 3)));
    }

    [Test]
    public void ReadBytes_InsideOneSegment_IsASliceOfTheInput()
    {
        byte[] bytes = [0x93, 0xc4, 3, 1, 2, 3, 0xa1, 0x61, 0x91, 0x05];
        var reader = new CanonicalReader(bytes);
        reader.ReadArrayHeader(3);
        AssertIsSlice(reader.ReadBytes(10), 3, 3);
        long start = reader.Consumed;
        reader.SkipItem(10);
        AssertIsSlice(reader.BytesSince(start), 6, 2);
        AssertIsSlice(reader.ReadItem(10), 8, 2);
        AssertIsSlice(reader.BytesSince(0), 0, 10);
        Assert.That(reader.End().IsValid, Is.True);

        void AssertIsSlice(ReadOnlyMemory<byte> slice, int offset, int length)
        {
            Assert.That(MemoryMarshal.TryGetArray(slice, out ArraySegment<byte> segment), Is.True);
            Assert.That(segment.Array, Is.SameAs(bytes));
            Assert.That((segment.Offset, segment.Count), Is.EqualTo((offset, length)));
        }
    }

    [Test]
    public void ReadBytes_BeginningWithASegment_IsASliceOfIt()
    {
        var input = Segments.Cut([0xc4, 3, 1, 2, 3], 2);
        SequencePosition second = input.GetPosition(2);
        Assert.That(input.TryGet(ref second, out ReadOnlyMemory<byte> segment), Is.True);
        var reader = new CanonicalReader(input);

        Assert.That(reader.ReadBytes(3).Equals(segment), Is.True);
    }

    [TestCase("cc", 1, 128UL)]
    [TestCase("cd", 2, 256UL)]
    [TestCase("ce", 4, 65_536UL)]
    [TestCase("cf", 8, 4_294_967_296UL)]
    [TestCase("c5", 2, 256UL)]
    [TestCase("c6", 4, 65_536UL)]
    [TestCase("d9", 1, 32UL)]
    [TestCase("da", 2, 256UL)]
    [TestCase("db", 4, 65_536UL)]
    [TestCase("dc", 2, 16UL)]
    [TestCase("dd", 4, 65_536UL)]
    public void SkipItem_FormBelowItsLeastNumber_IsRejected(string lead, int width, ulong least)
    {
        Assert.That(Read(least - 1).Fault, Is.EqualTo(DecodeFault.NotShortest));
        Assert.That((Read(least - 1).Expected, Read(least - 1).Found), Is.EqualTo((least, least - 1)));
        Assert.That(Read(least).IsValid, Is.True);

        DecodeOutcome Read(ulong number)
        {
            string head = lead + number.ToString("x16")[^(2 * width)..];
            var reader = new CanonicalReader(Convert.FromHexString(head + (lead is "cc" or "cd" or "ce" or "cf" ? "" : new string('0', 2 * (int)number))));
            reader.SkipItem(int.MaxValue);
            return reader.End();
        }
    }

    [Test]
    public void ReadFixed_OtherLength_IsRejectedAndCleared([Values("c401ff", "c403ffffff")] string hex)
    {
        var reader = new CanonicalReader(Convert.FromHexString(hex));
        Span<byte> destination = [9, 9];
        reader.ReadFixed(destination);

        Assert.That(destination.ToArray(), Is.EqualTo(new byte[2]));
        Assert.That(reader.End().Fault, Is.EqualTo(DecodeFault.WrongLength));
    }

    // The Unicode Standard, table 3-7: overlong, surrogate, above U+10FFFF, cut short, a lone continuation.
    [TestCase("a2c080")]
    [TestCase("a3eda080")]
    [TestCase("a4f4908080")]
    [TestCase("a2e282")]
    [TestCase("a180")]
    public void ReadString_InvalidUtf8_IsRejected(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var reader = new CanonicalReader(bytes);
        Assert.That(reader.ReadString(10), Is.Empty);
        Assert.That(reader.End().Fault, Is.EqualTo(DecodeFault.InvalidText));

        reader = new CanonicalReader(Segments.Single(bytes));
        reader.SkipItem(10);
        Assert.That(reader.End().Fault, Is.EqualTo(DecodeFault.InvalidText));
    }

    [Test]
    public void ReadString_ByteOrderMark_IsKept()
    {
        var reader = new CanonicalReader(Convert.FromHexString("a4efbbbf61"));
        Assert.That(reader.ReadString(4), Is.EqualTo("\ufeffa"));
        Assert.That(reader.End().IsValid, Is.True);
    }

    [Test]
    public void ReadString_AboveLimit_IsRejected()
    {
        var reader = new CanonicalReader(Convert.FromHexString("a2c3a9"));
        Assert.That(reader.ReadString(1), Is.Empty);
        Assert.That(reader.End(), Is.EqualTo(new DecodeOutcome(DecodeFault.TooLong, 0, CanonicalType.Text, 1, 2)));
    }

    [TestCase("01", 1)]
    [TestCase("c403010203", 5)]
    [TestCase("93010203", 4)]
    [TestCase("92c4010191a161", 7)]
    public void SkipItem_AtAndAboveLimit(string hex, int length)
    {
        byte[] bytes = Convert.FromHexString(hex + "05");
        var reader = new CanonicalReader(bytes);
        reader.SkipItem(length);
        Assert.That(reader.ReadUInt64(), Is.EqualTo(5));
        Assert.That(reader.End().IsValid, Is.True);

        reader = new CanonicalReader(bytes);
        reader.SkipItem(length - 1);
        Assert.That(reader.Outcome.Fault, Is.EqualTo(DecodeFault.TooLong));
        Assert.That(reader.Outcome.Offset, Is.Zero);
        Assert.That(reader.Outcome.Expected, Is.EqualTo(length - 1));
    }

    [TestCase(32, true)]
    [TestCase(33, false)]
    [TestCase(1_000_000, false)]
    public void SkipItem_Depth_IsBounded(int depth, bool isAccepted)
    {
        byte[] bytes = new byte[depth];
        Array.Fill(bytes, (byte)0x91);
        bytes[^1] = 0x90;
        var reader = new CanonicalReader(bytes);
        reader.SkipItem(int.MaxValue);

        Assert.That(reader.End().Fault, Is.EqualTo(isAccepted ? DecodeFault.None : DecodeFault.TooDeep));
        Assert.That(reader.Consumed, Is.EqualTo(32), "the first array that is one too many, or the end");
    }

    [Test]
    public void ReadArrayHeader_DepthOfAMillion_NeedsNoStack()
    {
        byte[] bytes = new byte[1_000_000];
        Array.Fill(bytes, (byte)0x91);
        var reader = new CanonicalReader(bytes);
        for (int i = 0; i < bytes.Length; i++)
            reader.ReadArrayHeader(1);

        Assert.That(reader.End().IsValid, Is.True);
    }

    [Test]
    public void SkipItem_MillionEmptyArraysInAnArray_IsRead()
    {
        byte[] bytes = new byte[5 + 1_000_000];
        Array.Fill(bytes, (byte)0x90);
        Convert.FromHexString("dd000f4240").CopyTo(bytes, 0);
        var reader = new CanonicalReader(bytes);
        reader.SkipItem(bytes.Length);

        Assert.That(reader.End().IsValid, Is.True);
    }

    [Test]
    public void Read_HugeClaims_AllocateNothing([Values("7fffffff", "80000000", "ffffffff")] string length, [Values("c6", "db", "dd")] string lead)
    {
        byte[] bytes = Convert.FromHexString(lead + length + "0102030405");
        var cut = Segments.Cut(bytes, 3, 7);
        for (int round = 0; round < 2; round++)
        {
            // The first round pays for the just-in-time compiler.
            long before = GC.GetAllocatedBytesForCurrentThread();
            int faults = 0;
            for (int method = 0; method < 5; method++)
            {
                var reader = method % 2 == 0 ? new CanonicalReader(bytes) : new CanonicalReader(cut);
                _ = method switch
                {
                    0 => reader.ReadBytes(int.MaxValue).Length,
                    1 => reader.ReadString(int.MaxValue).Length,
                    2 => reader.ReadListHeader(int.MaxValue),
                    3 => reader.ReadItem(int.MaxValue).Length,
                    _ => reader.ReadHash256().IsZero ? 0 : 1,
                };
                if (!reader.End().IsValid)
                    faults++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.That(faults, Is.EqualTo(5));
            if (round == 1)
                Assert.That(allocated, Is.Zero);
        }
    }

    [Test]
    public void Reject_LastValue_IsAFaultAtItsOffset()
    {
        var reader = new CanonicalReader(Convert.FromHexString("93910105a161"));
        reader.ReadArrayHeader(3);
        reader.SkipItem(10);
        reader.Reject(7, 8);

        Assert.That(reader.End(), Is.EqualTo(new DecodeOutcome(DecodeFault.InvalidValue, 1, CanonicalType.Unspecified, 7, 8)));
    }

    [Test]
    public void BytesSince_PlaceNotReached_Throws([Values(-1, 2)] int start) =>
        Assert.That(
            () =>
            {
                var reader = new CanonicalReader(new byte[] { 1, 2, 3 });
                _ = reader.ReadUInt64();
                _ = reader.BytesSince(start);
            },
            Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Read_NegativeLimit_Throws()
    {
        Assert.That(() => new CanonicalReader(new byte[1]).ReadBytes(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new CanonicalReader(new byte[1]).ReadString(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new CanonicalReader(new byte[1]).ReadListHeader(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new CanonicalReader(new byte[1]).ReadArrayHeader(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new CanonicalReader(new byte[1]).ReadItem(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
