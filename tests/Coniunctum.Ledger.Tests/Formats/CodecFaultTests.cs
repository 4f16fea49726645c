using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Formats;

/// <summary>Well-formed MessagePack that a format refuses, with the limits written out.</summary>
public sealed class CodecFaultTests
{
    private delegate void Writing(ref CanonicalWriter writer);

    private static readonly LedgerLimits Limits = new();
    private static readonly byte[] Zero = new byte[32];

    [TestCase(2_147_483_647UL, DecodeFault.None)]
    [TestCase(2_147_483_648UL, DecodeFault.OutOfRange)]
    public void ReadTransaction_Int32CoinAmount_EndsAt31Bits(ulong amount, DecodeFault expected) =>
        Assert.That(ReadInt32Coin(sequence: 0, amount, signatureBytes: 65, index: 0).Fault, Is.EqualTo(expected));

    [TestCase(0, DecodeFault.InvalidValue)]
    [TestCase(64, DecodeFault.InvalidValue)]
    [TestCase(65, DecodeFault.None)]
    [TestCase(66, DecodeFault.TooLong)]
    public void ReadTransaction_Int32CoinSignature_Has65Bytes(int length, DecodeFault expected) =>
        Assert.That(ReadInt32Coin(sequence: 0, amount: 1, length, index: 0).Fault, Is.EqualTo(expected));

    [TestCase(3UL, 3, DecodeFault.None)]
    [TestCase(2UL, 3, DecodeFault.InvalidValue)]
    [TestCase(4UL, 3, DecodeFault.InvalidValue)]
    [TestCase(1UL << 32, 0, DecodeFault.OutOfRange)]
    public void ReadTransaction_Int32CoinSequence_IsThePosition(ulong sequence, int index, DecodeFault expected) =>
        Assert.That(ReadInt32Coin(sequence, amount: 1, signatureBytes: 65, index).Fault, Is.EqualTo(expected));

    [TestCase(4096, 65, DecodeFault.None)]
    [TestCase(4097, 65, DecodeFault.TooLong)]
    [TestCase(0, 128, DecodeFault.None)]
    [TestCase(0, 129, DecodeFault.TooLong)]
    public void ReadTransaction_StandardByteStrings_HaveLimits(int payloadBytes, int signatureBytes, DecodeFault expected)
    {
        byte[] encoded = Write((ref writer) =>
        {
            writer.WriteArrayHeader(7);
            writer.WriteFixed(Zero);
            writer.WriteFixed(Zero);
            writer.WriteFixed(Zero);
            writer.WriteUInt64(1);
            writer.WriteUInt64(2);
            writer.WriteFixed(new byte[payloadBytes]);
            writer.WriteFixed(new byte[signatureBytes]);
        });
        var reader = new CanonicalReader(encoded);
        StandardFormat.Instance.Codec.ReadTransaction(ref reader, 0, Limits);
        Assert.That(reader.End().Fault, Is.EqualTo(expected));
    }

    [TestCase(9_007_199_254_740_991UL, 65_535UL, DecodeFault.None)]
    [TestCase(9_007_199_254_740_992UL, 65_535UL, DecodeFault.OutOfRange)]
    [TestCase(0UL, 65_536UL, DecodeFault.OutOfRange)]
    public void ReadHeader_StandardNumbers_HaveLimits(ulong timestamp, ulong ruleset, DecodeFault expected)
    {
        byte[] encoded = Write((ref writer) => WriteHeader(ref writer, timestamp, ruleset));
        var reader = new CanonicalReader(encoded);
        StandardFormat.Instance.Codec.ReadHeader(ref reader);
        Assert.That(reader.End().Fault, Is.EqualTo(expected));
    }

    [TestCase(1024, 65_536, DecodeFault.None)]
    [TestCase(1025, 65_536, DecodeFault.TooLong)]
    [TestCase(1024, 65_537, DecodeFault.TooLong)]
    public void ReadBlock_StandardWitnesses_HaveLimits(int sealBytes, int certificateBytes, DecodeFault expected)
    {
        byte[] encoded = Write((ref writer) =>
        {
            writer.WriteArrayHeader(4);
            WriteHeader(ref writer, 0, 0);
            writer.WriteFixed(new byte[sealBytes]);
            writer.WriteArrayHeader(0);
            writer.WriteFixed(new byte[certificateBytes]);
        });
        Assert.That(Samples.Decode(new(encoded), StandardFormat.Instance, Limits, out _).Fault, Is.EqualTo(expected));
    }

    [Test]
    public void ReadBlock_EmptyCertificate_IsNotNil()
    {
        foreach (bool isNil in new[] { true, false })
        {
            byte[] encoded = Write((ref writer) =>
            {
                writer.WriteArrayHeader(4);
                WriteHeader(ref writer, 0, 0);
                writer.WriteFixed([]);
                writer.WriteArrayHeader(0);
                if (isNil)
                    writer.WriteNil();
                else
                    writer.WriteFixed([]);
            });
            Assert.That(Samples.Decode(new(encoded), StandardFormat.Instance, Limits, out Block block).IsValid, Is.True);
            Assert.That(block.Certificate.HasValue, Is.EqualTo(!isNil));
            Assert.That(Samples.Encode(block, StandardFormat.Instance), Is.EqualTo(encoded));
        }
    }

    [Test]
    public void Encode_SmallBlocks_AreThePapersArrays()
    {
        Transaction transaction = new()
        {
            Tag = new TransactionTag(Plain.Fill(1)),
            Sender = new(Plain.Fill(2)),
            Receiver = new(Plain.Fill(3)),
            Amount = 4,
            Signature = new byte[65],
        };
        BlockHeader header = new()
        {
            Height = 5,
            Nonce = 6,
            Previous = new BlockId(Plain.Fill(7)),
            MerkleRoot = Plain.Fill(8),
            Target = Plain.Fill(9),
        };
        var block = new Block { Header = header, Transactions = [transaction] };
        static string Bin(byte value) => $"c420{Convert.ToHexStringLower(Plain.Fill(value).AsSpan())}";
        string signature = $"c441{new string('0', 130)}";

        // Tables III and IV in their order; the paper's signature field with 65 bytes.
        Assert.That(
            Convert.ToHexStringLower(Samples.Encode(block, Int32CoinFormat.Instance)),
            Is.EqualTo($"960506{Bin(7)}{Bin(8)}{Bin(9)}91" + $"9600{Bin(2)}{Bin(3)}04{signature}{Bin(1)}"));
        Assert.That(
            Convert.ToHexStringLower(Samples.Encode(block, StandardFormat.Instance)),
            Is.EqualTo($"9499000506{Bin(7)}{Bin(8)}{Bin(9)}00{Bin(0)}{Bin(0)}c40091" + $"97{Bin(1)}{Bin(2)}{Bin(3)}0400c400{signature}c0"));
    }

    private static DecodeOutcome ReadInt32Coin(ulong sequence, ulong amount, int signatureBytes, int index)
    {
        byte[] encoded = Write((ref writer) =>
        {
            writer.WriteArrayHeader(6);
            writer.WriteUInt64(sequence);
            writer.WriteFixed(Zero);
            writer.WriteFixed(Zero);
            writer.WriteUInt64(amount);
            writer.WriteFixed(new byte[signatureBytes]);
            writer.WriteFixed(Zero);
        });
        var reader = new CanonicalReader(encoded);
        Int32CoinFormat.Instance.Codec.ReadTransaction(ref reader, index, Limits);
        return reader.End();
    }

    private static void WriteHeader(ref CanonicalWriter writer, ulong timestamp, ulong ruleset)
    {
        writer.WriteArrayHeader(9);
        writer.WriteUInt64(ruleset);
        writer.WriteUInt64(1);
        writer.WriteUInt64(2);
        writer.WriteFixed(Zero);
        writer.WriteFixed(Zero);
        writer.WriteFixed(Zero);
        writer.WriteUInt64(timestamp);
        writer.WriteFixed(Zero);
        writer.WriteFixed(Zero);
    }

    private static byte[] Write(Writing writing)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writing(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
