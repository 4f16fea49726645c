using System.Buffers;
using Coniunctum.Crypto.Internal;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;

namespace Coniunctum.P2P.Tests.Wire.Frames;

public sealed class FrameWriterTests
{
    private const int Full = 16_378;

    [Test]
    public void Write_Messages_AreReadBack()
    {
        var random = new Random(5);
        var writer = new FrameWriter();
        var output = new ArrayBufferWriter<byte>();
        var sent = new List<string>();
        MessageKind[] kinds = [.. Enum.GetValues<MessageKind>().Where(kind => kind != MessageKind.None)];
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = new byte[random.Next(10) == 0 ? random.Next(1, 200_000) : random.Next(1, 100)];
            random.NextBytes(bytes);
            byte channel = (byte)random.Next(65);
            MessageKind kind = kinds[random.Next(kinds.Length)];
            if (writer.TryAdd(channel, kind, bytes)) sent.Add(Describe(channel, (ushort)kind, bytes));
            for (int frames = random.Next(5); frames > 0 && writer.TryWrite(output); frames--) { }
        }

        while (writer.TryWrite(output)) { }
        Assert.That((writer.QueuedBytes, writer.IsEmpty), Is.EqualTo((0, true)));

        var reader = new FrameReader((_, _) => int.MaxValue);
        var input = new ReadOnlySequence<byte>(output.WrittenMemory);
        var received = new List<string>();
        while (reader.TryRead(ref input, out FramedMessage message)) received.Add(Describe(message.Channel, message.Kind, message.Bytes.Span));
        Assert.That(reader.Fault, Is.EqualTo(FrameFault.None));
        Assert.That(input.IsEmpty);
        Assert.That(received, Is.EquivalentTo(sent));
        foreach (int of in Enumerable.Range(0, 7))
            Assert.That(received.Where(text => OrderOf(text) == of), Is.EqualTo(sent.Where(text => OrderOf(text) == of)), "within a class, and among beginnings and ends, the order stays");
    }

    [Test]
    public void Write_AVote_WaitsForOneFrameOfABlock()
    {
        var writer = new FrameWriter();
        writer.TryAdd(1, MessageKind.Block, new byte[200_000]);
        Assert.That(NextKind(writer), Is.EqualTo(MessageKind.Block));
        writer.TryAdd(1, MessageKind.Publish, new byte[10]);
        Assert.That(NextKind(writer), Is.EqualTo(MessageKind.Publish));
        Assert.That(NextKind(writer), Is.EqualTo(MessageKind.Block));
    }

    [Test]
    public void Write_WhatBegins_ComesBeforeWhatNeedsIt()
    {
        var writer = new FrameWriter();
        writer.TryAdd(1, MessageKind.Block, new byte[200_000]);
        Assert.That(NextKind(writer), Is.EqualTo(MessageKind.Block));
        writer.TryAdd(1, MessageKind.Publish, new byte[1]);
        writer.TryAdd(0, MessageKind.Hello, new byte[1]);
        writer.TryAdd(1, MessageKind.Open, new byte[1]);
        Assert.That(Enumerable.Range(0, 4).Select(_ => NextKind(writer)), Is.EqualTo(new[] { MessageKind.Hello, MessageKind.Open, MessageKind.Publish, MessageKind.Block }));
    }

    [TestCase(MessageKind.Shut)]
    [TestCase(MessageKind.Bye)]
    public void Write_WhatEnds_ComesBehindAllThatWasThereBefore_AndWaitsForNothingElse(object end)
    {
        var writer = new FrameWriter();
        writer.TryAdd(1, MessageKind.Block, new byte[1_000_000]);
        writer.TryAdd(1, MessageKind.Have, new byte[1]);
        writer.TryAdd(0, (MessageKind)end, new byte[1]);
        writer.TryAdd(2, MessageKind.Ping, new byte[1]);
        var kinds = new List<MessageKind>();
        while (!writer.IsEmpty) kinds.Add(NextKind(writer));
        int at = kinds.IndexOf((MessageKind)end);
        Assert.That(kinds.LastIndexOf(MessageKind.Block), Is.LessThan(at));
        Assert.That(kinds.LastIndexOf(MessageKind.Have), Is.LessThan(at));
        Assert.That(kinds.Count(kind => kind == MessageKind.Block), Is.GreaterThan(60));

        // What keeps coming does not keep it from ending.
        for (int i = 0; i < 20; i++) writer.TryAdd(1, MessageKind.Publish, new byte[1]);
        writer.TryAdd(0, (MessageKind)end, new byte[1]);
        for (int i = 0; i < 20; i++) Assert.That(NextKind(writer), Is.EqualTo(MessageKind.Publish));
        writer.TryAdd(1, MessageKind.Publish, new byte[1]);
        Assert.That(NextKind(writer), Is.EqualTo((MessageKind)end));
    }

    [Test]
    public void Write_WhatBeginsBehindWhatEnds_ComesBehindIt_AndBeforeWhatNeedsIt()
    {
        // A ledger that is shut while much of it waits, and is opened again.
        var writer = new FrameWriter();
        writer.TryAdd(1, MessageKind.Block, new byte[100_000]);
        Assert.That(NextKind(writer), Is.EqualTo(MessageKind.Block));
        writer.TryAdd(0, MessageKind.Shut, new byte[1]);
        writer.TryAdd(2, MessageKind.Open, new byte[1]);
        writer.TryAdd(2, MessageKind.GetHeaders, new byte[1]);
        writer.TryAdd(2, MessageKind.Publish, new byte[1]);
        var kinds = new List<MessageKind>();
        while (!writer.IsEmpty) kinds.Add(NextKind(writer));
        Assert.That(kinds.SkipWhile(kind => kind == MessageKind.Block), Is.EqualTo(new[] { MessageKind.Shut, MessageKind.Open, MessageKind.Publish, MessageKind.GetHeaders }));
    }

    [Test]
    public void Write_ClassesThatWait_GoByUrgency()
    {
        var writer = new FrameWriter();
        foreach (MessageKind kind in (MessageKind[])[MessageKind.Ping, MessageKind.Have, MessageKind.Block, MessageKind.Headers, MessageKind.Publish])
            writer.TryAdd(1, kind, new byte[1]);
        Assert.That(Enumerable.Range(0, 5).Select(_ => NextKind(writer)), Is.EqualTo(new[] { MessageKind.Publish, MessageKind.Headers, MessageKind.Block, MessageKind.Have, MessageKind.Ping }));
    }

    [Test]
    public void Write_AFloodOfTheMostUrgent_PassesEveryOtherOver16Times()
    {
        var writer = new FrameWriter();
        writer.TryAdd(1, MessageKind.Block, new byte[100_000]);
        writer.TryAdd(1, MessageKind.Ping, new byte[1]);
        var kinds = new List<MessageKind>();
        for (int i = 0; i < 60; i++)
        {
            writer.TryAdd(1, MessageKind.Publish, new byte[1]);
            kinds.Add(NextKind(writer));
        }

        Assert.That(kinds.IndexOf(MessageKind.Block), Is.EqualTo(16));
        Assert.That(kinds.IndexOf(MessageKind.Ping), Is.EqualTo(17));
        Assert.That(kinds.Select((kind, i) => (kind, i)).Where(one => one.kind == MessageKind.Block).Select(one => one.i), Is.EqualTo(new[] { 16, 33, 50 }));
    }

    [Test]
    public void Add_ToAFullClass_IsRefused_AndOthersAreNot()
    {
        var writer = new FrameWriter();
        Assert.That(writer.TryAdd(1, MessageKind.Block, new byte[262_143]), Is.True);
        Assert.That(writer.TryAdd(1, MessageKind.Block, new byte[1_000_000]), Is.True, "one more than fits, so that the largest message fits");
        Assert.That(writer.TryAdd(1, MessageKind.Missing, new byte[1]), Is.False);
        Assert.That(writer.TryAdd(1, MessageKind.Publish, new byte[1]), Is.True);
        Assert.That(writer.QueuedBytes, Is.EqualTo(1_262_144));
    }

    [Test]
    public void Write_NothingWaits_WritesNothing() => Assert.That(new FrameWriter().TryWrite(new ArrayBufferWriter<byte>()), Is.False);

    [TestCase(1)]
    [TestCase(Full)]
    [TestCase(Full + 1)]
    [TestCase(2 * Full)]
    public void Write_AFrame_FitsIntoARecordOfTls_AndIsFullUnlessItIsTheLast(int length)
    {
        var writer = new FrameWriter();
        writer.TryAdd(1, MessageKind.Block, new byte[length]);
        int left = length;
        while (left > 0)
        {
            var output = new ArrayBufferWriter<byte>();
            Assert.That(writer.TryWrite(output), Is.True);
            FrameHeader header = FrameHeader.Read(output.WrittenSpan);
            Assert.That(output.WrittenCount, Is.EqualTo(6 + header.Length).And.LessThanOrEqualTo(16_384));
            left -= header.Length;
            Assert.That(header.IsMore, Is.EqualTo(left > 0));
            if (header.IsMore) Assert.That(header.Length, Is.EqualTo(Full));
        }

        Assert.That(writer.IsEmpty);
    }

    private static MessageKind NextKind(FrameWriter writer)
    {
        var output = new ArrayBufferWriter<byte>();
        return writer.TryWrite(output) ? (MessageKind)FrameHeader.Read(output.WrittenSpan).Kind : MessageKind.None;
    }

    private static int ClassOf(string described) => int.Parse(described.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) >> 8;

    private static int OrderOf(string described) => (MessageKind)int.Parse(described.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) switch
    {
        MessageKind.Hello or MessageKind.Open => 5,
        MessageKind.Shut or MessageKind.Bye => 6,
        _ => ClassOf(described),
    };

    private static string Describe(byte channel, ushort kind, ReadOnlySpan<byte> bytes) =>
        FormattableString.Invariant($"{channel} {kind} {bytes.Length} {XxHash64.Compute(bytes):x}");
}
