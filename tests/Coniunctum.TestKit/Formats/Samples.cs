using System.Buffers;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using StandardFormat = Coniunctum.Ledger.Formats.StandardFormat;

namespace Coniunctum.TestKit.Formats;

/// <summary>Blocks and their parts in every shape that a format can express; what they say need not be valid.</summary>
internal static class Samples
{
    public static IBlockFormat[] Formats { get; } = [Int32CoinFormat.Instance, StandardFormat.Instance];

    // Where the encodings change their length.
    private static readonly ulong[] Edges =
        [0, 1, 127, 128, 255, 256, 65535, 65536, int.MaxValue, uint.MaxValue, 1UL << 32, (1UL << 53) - 1, ulong.MaxValue];

    public static Hash256 DrawHash(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        return new Hash256(bytes);
    }

    public static byte[] DrawBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public static BlockHeader DrawHeader(Random random, IBlockFormat format)
    {
        var header = new BlockHeader
        {
            Height = DrawNumber(random),
            Nonce = DrawNumber(random),
            Previous = new BlockId(DrawHash(random)),
            MerkleRoot = DrawHash(random),
            Target = DrawHash(random),
        };
        return !format.Traits.HasExtendedHeader ? header : header with
        {
            Ruleset = (ushort)random.Next(65536),
            Timestamp = new Timestamp(DrawNumber(random) % (1UL << 53)),
            StateRoot = DrawHash(random),
            HistoryRoot = DrawHash(random),
        };
    }

    public static Transaction DrawTransaction(Random random, IBlockFormat format)
    {
        bool isStandard = format.Traits.HasFees;
        return new Transaction
        {
            Tag = new TransactionTag(DrawHash(random)),
            Sender = new Address(DrawHash(random)),
            Receiver = new Address(DrawHash(random)),
            Amount = isStandard ? DrawNumber(random) : DrawNumber(random) & int.MaxValue,
            Fee = isStandard ? DrawNumber(random) : 0,
            Payload = isStandard && random.Next(2) == 0 ? DrawBytes(random, random.Next(300)) : default,
            Signature = DrawBytes(random, isStandard ? random.Next(129) : 65),
        };
    }

    public static Block DrawBlock(Random random, IBlockFormat format)
    {
        bool isStandard = format.Traits.HasFees;
        return new Block
        {
            Header = DrawHeader(random, format),
            Transactions = [.. Enumerable.Range(0, random.Next(20)).Select(_ => DrawTransaction(random, format))],
            Seal = isStandard ? DrawBytes(random, random.Next(2) * random.Next(1025)) : default,
            Certificate = isStandard && random.Next(2) == 0 ? new ReadOnlyMemory<byte>(DrawBytes(random, random.Next(400))) : default(ReadOnlyMemory<byte>?),
        };
    }

    public static byte[] Encode(Block block, IBlockFormat format)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        format.Codec.WriteBlock(ref writer, block);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Encode(Transaction transaction, IBlockFormat format, int index = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        format.Codec.WriteTransaction(ref writer, transaction, index);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Encode(BlockHeader header, IBlockFormat format)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        format.Codec.WriteHeader(ref writer, header);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static DecodeOutcome Decode(ReadOnlySequence<byte> input, IBlockFormat format, LedgerLimits limits, out Block block)
    {
        var reader = new CanonicalReader(input);
        block = format.Codec.ReadBlock(ref reader, limits);
        return reader.End();
    }

    private static ulong DrawNumber(Random random) =>
        random.Next(2) == 0 ? Edges[random.Next(Edges.Length)] : (ulong)random.NextInt64() >> random.Next(63);
}
