using System.Buffers;
using Coniunctum.Interop.Tests.Support;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using MessagePack;

namespace Coniunctum.Interop.Tests.MessagePack;

/// <summary>The canonical profile inside of MessagePack: written here and read there, written there and read here.</summary>
[Category("Long")]
public sealed class MessagePackTests
{
    [Test]
    public void Write_AnyValue_HasTheSameBytesAndIsReadAlike()
    {
        var comparison = new Comparison(Packages.MessagePack, 2025);
        int rounds = Comparison.Count(3_000, 150_000);
        for (int i = 0; i < rounds; i++)
        {
            object? value = AnyValue.Draw(comparison.Random, depth: 4);
            byte[] ours = AnyValue.Encode(value);
            comparison.Same(ours, Encode(value), "encoding", AnyValue.Describe(value));
            comparison.Same(AnyValue.Describe(value), TryRead(ours, out object? read) ? AnyValue.Describe(read) : null, "their reading", ours);
            var reader = new CanonicalReader(ours);
            comparison.Same(AnyValue.Describe(AnyValue.Read(ref reader, ours)), AnyValue.Describe(value), "our reading", ours);
            comparison.Same(reader.End().Fault, DecodeFault.None, "fault", ours);
        }

        comparison.End(4 * rounds);
    }

    [Test]
    public void Read_ChangedAndRandomBytes_IsAcceptedHereWhereTheyWouldWriteTheSame()
    {
        // Theirs reads many encodings of one value. What it reads and writes again as it was is what the profile accepts.
        var comparison = new Comparison(Packages.MessagePack, 2026);
        int rounds = Comparison.Count(20_000, 3_000_000);
        int accepted = 0;
        for (int i = 0; i < rounds; i++)
        {
            byte[] bytes = i % 2 == 0 ? comparison.Bytes(comparison.Random.Next(1, 24)) : AnyValue.Encode(AnyValue.Draw(comparison.Random, depth: 2));
            if (i % 2 == 1) bytes[comparison.Random.Next(bytes.Length)] ^= (byte)(1 << comparison.Random.Next(8));
            var reader = new CanonicalReader(bytes);
            reader.SkipItem(bytes.Length);
            bool ours = reader.End().IsValid;
            bool theirs = TryRead(bytes, out object? value) && Encode(value).AsSpan().SequenceEqual(bytes);
            comparison.Same(ours, theirs, "acceptance", bytes);
            if (ours) accepted++;
        }

        Assert.That(accepted, Is.InRange(rounds / 10, rounds * 9 / 10));
        comparison.End(rounds);
    }

    [Test]
    public void Read_LongerFormsOfTheSameValue_AreReadThereAndRefusedHere()
    {
        var comparison = new Comparison(Packages.MessagePack, 2027);
        int rounds = Comparison.Count(5_000, 500_000);
        for (int i = 0; i < rounds; i++)
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(output);
            switch (i % 4)
            {
                case 0:
                    writer.WriteUInt64((ulong)comparison.Random.NextInt64(1L << 32));
                    break;
                case 1:
                    writer.WriteUInt32((uint)comparison.Random.Next(1 << 16));
                    break;
                case 2:
                    writer.WriteUInt16((ushort)comparison.Random.Next(1 << 8));
                    break;
                default:
                    writer.WriteInt64(comparison.Random.NextInt64());
                    break;
            }

            writer.Flush();
            byte[] bytes = output.WrittenSpan.ToArray();
            comparison.Same(TryRead(bytes, out _), true, "their reading", bytes);
            var reader = new CanonicalReader(bytes);
            _ = reader.ReadUInt64();
            comparison.Same(reader.End().Fault, i % 4 == 3 ? DecodeFault.WrongType : DecodeFault.NotShortest, "our fault", bytes);
        }

        comparison.End(2 * rounds);
    }

    [TestCase("dd00010000", DecodeFault.Truncated, TestName = "an array of 2¹⁶ items")]
    [TestCase("c600010000", DecodeFault.Truncated, TestName = "a byte string of 2¹⁶ bytes")]
    [TestCase("db00010000", DecodeFault.Truncated, TestName = "a text of 2¹⁶ bytes")]
    [TestCase("dd7fffffff", DecodeFault.TooLong, TestName = "an array of 2³¹−1 items")]
    [TestCase("ddffffffff", DecodeFault.TooLong, TestName = "an array of 2³²−1 items")]
    [TestCase("c67fffffff", DecodeFault.TooLong, TestName = "a byte string of 2³¹−1 bytes")]
    [TestCase("c6ffffffff", DecodeFault.TooLong, TestName = "a byte string of 2³²−1 bytes")]
    [TestCase("db7fffffff", DecodeFault.TooLong, TestName = "a text of 2³¹−1 bytes")]
    [TestCase("dbffffffff", DecodeFault.TooLong, TestName = "a text of 2³²−1 bytes")]
    public void Read_ClaimedLengths_AreRefusedOnBothSides(string hex, DecodeFault fault)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var reader = new CanonicalReader(bytes);
        reader.SkipItem(int.MaxValue);
        Assert.That(reader.End().Fault, Is.EqualTo(fault));
        Assert.That(TryRead(bytes, out _), Is.False);
    }

    [Test]
    public void Read_AMillionNestedArrays_IsRefusedWithoutRecursion()
    {
        byte[] bytes = new byte[1_000_000];
        bytes.AsSpan().Fill(0x91);
        var reader = new CanonicalReader(bytes);
        reader.SkipItem(int.MaxValue);
        Assert.That(reader.End().Fault, Is.EqualTo(DecodeFault.TooDeep));
    }

    [Test]
    public void Blocks_OfBothFormats_AreOneItemThere()
    {
        var comparison = new Comparison(Packages.MessagePack, 2028);
        int rounds = Comparison.Count(300, 30_000);
        for (int i = 0; i < rounds; i++)
        {
            IBlockFormat format = Samples.Formats[i % 2];
            var output = new ArrayBufferWriter<byte>();
            var writer = new CanonicalWriter(output);
            format.Codec.WriteBlock(ref writer, Samples.DrawBlock(comparison.Random, format));
            writer.Flush();
            byte[] bytes = output.WrittenSpan.ToArray();
            comparison.Same(TryRead(bytes, out object? value), true, "reading a block", bytes);
            comparison.Same(Encode(value), bytes, "writing the block again", bytes);
        }

        comparison.End(2 * rounds);
    }

    private static bool TryRead(byte[] bytes, out object? value)
    {
        value = null;
        try
        {
            var reader = new MessagePackReader(bytes);
            value = Read(ref reader);
            return reader.End;
        }
        // Lengths from 2³¹ on are refused by an exception of the framework's, not by the package's own.
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentOutOfRangeException or System.Text.DecoderFallbackException)
        {
            return false;
        }
    }

    private static object? Read(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return null;
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer:
                return reader.ReadUInt64();
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Binary:
                return reader.ReadBytes()!.Value.ToArray();
            case MessagePackType.Array:
                object?[] items = new object?[reader.ReadArrayHeader()];
                for (int i = 0; i < items.Length; i++) items[i] = Read(ref reader);
                return items;
            default:
                throw new MessagePackSerializationException("The profile has no such type.");
        }
    }

    private static byte[] Encode(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        Write(ref writer, value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void Write(ref MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case bool flag:
                writer.Write(flag);
                break;
            case ulong number:
                writer.Write(number);
                break;
            case byte[] bytes:
                writer.Write(bytes);
                break;
            case string text:
                writer.Write(text);
                break;
            default:
                object?[] items = (object?[])value;
                writer.WriteArrayHeader(items.Length);
                foreach (object? item in items) Write(ref writer, item);
                break;
        }
    }
}
