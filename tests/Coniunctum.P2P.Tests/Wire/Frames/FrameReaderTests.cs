using System.Buffers;
using Coniunctum.P2P.Wire.Frames;

namespace Coniunctum.P2P.Tests.Wire.Frames;

public sealed class FrameReaderTests
{
    private const int Full = 16_378;

    [Test]
    public void Read_AFrameWrittenByHand_IsItsMessage()
    {
        // Length 3, channel 2, kind 0x0403.
        byte[] bytes = [0x00, 0x00, 0x03, 0x02, 0x04, 0x03, 0x91, 0xcc, 0x80];
        var input = new ReadOnlySequence<byte>(bytes);
        Assert.That(NewReader().TryRead(ref input, out FramedMessage message), Is.True);
        Assert.That((message.Channel, message.Kind), Is.EqualTo(((byte)2, (ushort)0x0403)));
        Assert.That(message.Bytes.ToArray(), Is.EqualTo(new byte[] { 0x91, 0xcc, 0x80 }));
        Assert.That(input.IsEmpty);
    }

    [Test]
    public void Read_TheMoreBit_IsTheHighestOfTheLength()
    {
        // 16,378 = 0x3ffa, with 2²³.
        byte[] first = [0x80, 0x3f, 0xfa, 0x01, 0x02, 0x02, .. new byte[Full]];
        byte[] last = [0x00, 0x00, 0x01, 0x01, 0x02, 0x02, 0x07];
        var reader = NewReader();
        var input = new ReadOnlySequence<byte>((byte[])[.. first, .. last]);
        Assert.That(reader.TryRead(ref input, out FramedMessage message), Is.True);
        Assert.That(message.Bytes.Length, Is.EqualTo(Full + 1));
        Assert.That(message.Bytes.Span[^1], Is.EqualTo(7));
    }

    [Test]
    public void Read_CutAtEveryPlace_GivesTheSameMessages()
    {
        byte[] bytes = [.. Frame(1, 0x0203, 40), .. Frame(0, 0x0403, 1), .. Frame(1, 0x0001, 300)];
        FramedMessage[] whole = ReadAll(NewReader(), [bytes]);
        Assert.That(whole, Has.Length.EqualTo(3));
        for (int cut = 0; cut <= bytes.Length; cut++)
            Assert.That(Describe(ReadAll(NewReader(), [bytes[..cut], bytes[cut..]])), Is.EqualTo(Describe(whole)), $"cut at {cut}");
        Assert.That(Describe(ReadAll(NewReader(), [.. bytes.Select(one => new[] { one })])), Is.EqualTo(Describe(whole)));
    }

    [Test]
    public void Read_ClassesInterleaved_PutsEachMessageTogether()
    {
        byte[] bytes =
        [
            .. More(1, 0x0202), .. Frame(1, 0x0001, 9), .. More(2, 0x0102), .. More(1, 0x0202), .. Frame(0, 0x0403, 2),
            .. Frame(2, 0x0102, 5), .. Frame(1, 0x0202, 6),
        ];
        FramedMessage[] messages = ReadAll(NewReader(), [bytes]);
        Assert.That(messages.Select(message => (message.Kind, message.Bytes.Length)), Is.EqualTo(new[]
        {
            ((ushort)0x0001, 9), ((ushort)0x0403, 2), ((ushort)0x0102, Full + 5), ((ushort)0x0202, (2 * Full) + 6),
        }));
    }

    [TestCase(0, false, ExpectedResult = nameof(FrameFault.Length), TestName = "Read_AFrameOfNothing_IsAFault")]
    [TestCase(Full + 1, false, ExpectedResult = nameof(FrameFault.Length), TestName = "Read_AFrameOfOneByteTooMany_IsAFault")]
    [TestCase((1 << 23) - 1, false, ExpectedResult = nameof(FrameFault.Length), TestName = "Read_TheLargestLength_IsAFault")]
    [TestCase(Full - 1, true, ExpectedResult = nameof(FrameFault.NotFull), TestName = "Read_AFrameThatGoesOnAndIsNotFull_IsAFault")]
    [TestCase(Full, true, ExpectedResult = nameof(FrameFault.None), TestName = "Read_AFullFrameThatGoesOn_IsNone")]
    [TestCase(Full, false, ExpectedResult = nameof(FrameFault.None), TestName = "Read_AFullFrameThatEnds_IsNone")]
    public string Read_OnlyAHeader_IsJudgedByItself(int length, bool isMore)
    {
        var reader = NewReader();
        byte[] bytes = new byte[6];
        new FrameHeader(length, isMore, 1, 0x0202).Write(bytes);
        var input = new ReadOnlySequence<byte>(bytes);
        Assert.That(reader.TryRead(ref input, out _), Is.False);
        return reader.Fault.ToString();
    }

    [Test]
    public void Read_AClaimWithoutBytes_AllocatesNextToNothing()
    {
        var reader = new FrameReader((_, _) => int.MaxValue);
        byte[] header = new byte[6];
        new FrameHeader(Full, true, 1, 0x0202).Write(header);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            var input = new ReadOnlySequence<byte>(header);
            reader.TryRead(ref input, out _);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16_384));
        Assert.That(reader.BufferedBytes, Is.Zero);
    }

    [Test]
    public void Read_MoreThanTheLimit_IsRefusedByTheHeader_BeforeItsBytesAreThere()
    {
        var reader = new FrameReader((_, _) => Full + 10);
        var input = new ReadOnlySequence<byte>([.. More(1, 0x0202), .. Frame(1, 0x0202, 11).AsSpan(0, 6)]);
        Assert.That(reader.TryRead(ref input, out _), Is.False);
        Assert.That(reader.Fault, Is.EqualTo(FrameFault.TooLong));
        Assert.That(reader.BufferedBytes, Is.EqualTo(Full));

        reader = new FrameReader((_, _) => Full + 10);
        Assert.That(ReadAll(reader, [[.. More(1, 0x0202), .. Frame(1, 0x0202, 10)]]), Has.Length.EqualTo(1));
        Assert.That(reader.BufferedBytes, Is.Zero);
    }

    [TestCase(2, 0x0202)]
    [TestCase(1, 0x0203)]
    public void Read_AMessageThatGoesOnAsAnother_IsAFault(byte channel, int kind)
    {
        var reader = NewReader();
        Assert.That(ReadAll(reader, [[.. More(1, 0x0202), .. Frame(channel, (ushort)kind, 1)]]), Is.Empty);
        Assert.That(reader.Fault, Is.EqualTo(FrameFault.Interrupted));
    }

    [Test]
    public void Read_AKindOfNoClass_IsAFault()
    {
        var reader = NewReader();
        Assert.That(ReadAll(reader, [Frame(1, 0x0500, 1)]), Is.Empty);
        Assert.That(reader.Fault, Is.EqualTo(FrameFault.NoClass));
    }

    [Test]
    public void Read_BehindAFault_NothingIsReadAnyMore()
    {
        var reader = new FrameReader((_, kind) => kind == 0x0403 ? 0 : 100);
        Assert.That(ReadAll(reader, [[.. Frame(1, 0x0403, 1), .. Frame(1, 0x0202, 1)]]), Is.Empty);
        Assert.That(reader.Fault, Is.EqualTo(FrameFault.NotAdmitted));
    }

    [Test]
    public void Read_WhatIsPassedOver_KeepsNothing_AndHasALimitToo()
    {
        var reader = new FrameReader((_, kind) => kind == 0x0302 ? -2 * Full : 100);
        Assert.That(ReadAll(reader, [[.. More(1, 0x0302), .. Frame(1, 0x0202, 1)]]).Select(message => message.Kind), Is.EqualTo(new[] { 0x0202 }));
        Assert.That(reader.BufferedBytes, Is.Zero);
        Assert.That(ReadAll(reader, [[.. Frame(1, 0x0302, 1), .. Frame(1, 0x0202, 1)]]).Select(message => message.Kind), Is.EqualTo(new[] { 0x0202 }));
        Assert.That(ReadAll(reader, [[.. More(1, 0x0302), .. More(1, 0x0302), .. More(1, 0x0302)]]), Is.Empty);
        Assert.That(reader.Fault, Is.EqualTo(FrameFault.TooLong));
    }

    [Test]
    public void Admit_IsAskedOnceForAMessage_ByItsFirstHeader()
    {
        var asked = new List<(byte, ushort)>();
        var reader = new FrameReader((channel, kind) =>
        {
            asked.Add((channel, kind));
            return 100_000;
        });
        byte[] bytes = [.. More(1, 0x0202), .. More(1, 0x0202), .. Frame(1, 0x0202, 1), .. Frame(1, 0x0202, 1)];
        ReadAll(reader, [.. bytes.Chunk(1_000)]);
        Assert.That(asked, Is.EqualTo(new[] { ((byte)1, (ushort)0x0202), ((byte)1, (ushort)0x0202) }));
    }

    private static FrameReader NewReader() => new((_, _) => 1_000_000);

    private static byte[] More(byte channel, ushort kind) => Frame(channel, kind, Full, isMore: true);

    private static byte[] Frame(byte channel, ushort kind, int length, bool isMore = false)
    {
        byte[] bytes = new byte[6 + length];
        new FrameHeader(length, isMore, channel, kind).Write(bytes);
        for (int i = 6; i < bytes.Length; i++) bytes[i] = (byte)(i * kind);
        return bytes;
    }

    private static FramedMessage[] ReadAll(FrameReader reader, byte[][] segments)
    {
        var messages = new List<FramedMessage>();
        byte[] left = [];
        foreach (byte[] segment in segments)
        {
            byte[] bytes = [.. left, .. segment];
            var input = new ReadOnlySequence<byte>(bytes);
            while (reader.TryRead(ref input, out FramedMessage message)) messages.Add(message);
            left = input.ToArray();
        }

        return [.. messages];
    }

    private static IEnumerable<string> Describe(FramedMessage[] messages) =>
        messages.Select(message => FormattableString.Invariant($"{message.Channel} {message.Kind} {Convert.ToHexString(message.Bytes.Span)}"));
}
