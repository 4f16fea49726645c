using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using MessagePack;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// A block's bytes to a block and back: ours, which checks that the encoding is the only one and that no limit is passed, and
/// MessagePack's reader and writer called by hand for the same fields, which do not.
/// </summary>
internal sealed class CodecWork
{
    public const int Transfers = 500;

    private const int Accounts = 1_000;
    private const int Seed = 20260101;

    private readonly ChainProfile _profile;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Block _block;
    private readonly ArrayBufferWriter<byte> _output = new(1 << 20);

    public CodecWork()
    {
        using var chain = new TransferChain(Profiles.Standard, Accounts, signed: true, Seed);
        _profile = chain.Profile;
        _bytes = chain.Next(Transfers);
        _block = Decode();
        EncodeOurs(1);
        Require(_output.WrittenSpan.SequenceEqual(_bytes.Span));
        EncodeTheirs(1);
        Require(_output.WrittenSpan.SequenceEqual(_bytes.Span));
    }

    public void DecodeOurs(int count)
    {
        for (int i = 0; i < count; i++) Require(Decode().Transactions.Count == _block.Transactions.Count);
    }

    public void DecodeTheirs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            var reader = new MessagePackReader(_bytes);
            Require(ReadBlock(ref reader).Transactions.Count == _block.Transactions.Count && reader.End);
        }
    }

    public void EncodeOurs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _output.ResetWrittenCount();
            var writer = new CanonicalWriter(_output);
            _profile.Format.Codec.WriteBlock(ref writer, _block);
            writer.Flush();
        }
    }

    public void EncodeTheirs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _output.ResetWrittenCount();
            var writer = new MessagePackWriter(_output);
            WriteBlock(ref writer, _block);
            writer.Flush();
        }
    }

    private Block Decode()
    {
        var reader = new CanonicalReader(_bytes);
        Block block = _profile.Format.Codec.ReadBlock(ref reader, _profile.Limits);
        Require(reader.End().IsValid);
        return block;
    }

    private static Block ReadBlock(ref MessagePackReader reader)
    {
        Require(reader.ReadArrayHeader() == 4);
        BlockHeader header = ReadHeader(ref reader);
        ReadOnlyMemory<byte> seal = ReadBytes(ref reader);
        var transactions = new Transaction[reader.ReadArrayHeader()];
        for (int i = 0; i < transactions.Length; i++)
        {
            Require(reader.ReadArrayHeader() == 7);
            transactions[i] = new Transaction
            {
                Tag = new TransactionTag(ReadHash(ref reader)),
                Sender = new Address(ReadHash(ref reader)),
                Receiver = new Address(ReadHash(ref reader)),
                Amount = reader.ReadUInt64(),
                Fee = reader.ReadUInt64(),
                Payload = ReadBytes(ref reader),
                Signature = ReadBytes(ref reader),
            };
        }

        return new Block { Header = header, Seal = seal, Transactions = transactions, Certificate = reader.TryReadNil() ? null : ReadBytes(ref reader) };
    }

    private static BlockHeader ReadHeader(ref MessagePackReader reader)
    {
        Require(reader.ReadArrayHeader() == 9);
        return new BlockHeader
        {
            Ruleset = reader.ReadUInt16(),
            Height = reader.ReadUInt64(),
            Nonce = reader.ReadUInt64(),
            Previous = new BlockId(ReadHash(ref reader)),
            MerkleRoot = ReadHash(ref reader),
            Target = ReadHash(ref reader),
            Timestamp = new Timestamp(reader.ReadUInt64()),
            StateRoot = ReadHash(ref reader),
            HistoryRoot = ReadHash(ref reader),
        };
    }

    private static Hash256 ReadHash(ref MessagePackReader reader) => new(ReadBytes(ref reader).Span);

    private static ReadOnlyMemory<byte> ReadBytes(ref MessagePackReader reader) => reader.ReadBytes()!.Value.First;

    private static void WriteHash(ref MessagePackWriter writer, in Hash256 hash)
    {
        writer.WriteBinHeader(Hash256.Size);
        hash.CopyTo(writer.GetSpan(Hash256.Size));
        writer.Advance(Hash256.Size);
    }

    private static void WriteBlock(ref MessagePackWriter writer, Block block)
    {
        BlockHeader header = block.Header;
        writer.WriteArrayHeader(4);
        writer.WriteArrayHeader(9);
        writer.Write(header.Ruleset);
        writer.Write(header.Height);
        writer.Write(header.Nonce);
        WriteHash(ref writer, header.Previous.Value);
        WriteHash(ref writer, header.MerkleRoot);
        WriteHash(ref writer, header.Target);
        writer.Write(header.Timestamp.UnixMilliseconds);
        WriteHash(ref writer, header.StateRoot);
        WriteHash(ref writer, header.HistoryRoot);
        writer.Write(block.Seal.Span);
        writer.WriteArrayHeader(block.Transactions.Count);
        foreach (Transaction transaction in block.Transactions)
        {
            writer.WriteArrayHeader(7);
            WriteHash(ref writer, transaction.Tag.Value);
            WriteHash(ref writer, transaction.Sender.Value);
            WriteHash(ref writer, transaction.Receiver.Value);
            writer.Write(transaction.Amount);
            writer.Write(transaction.Fee);
            writer.Write(transaction.Payload.Span);
            writer.Write(transaction.Signature.Span);
        }

        if (block.Certificate is { } certificate) writer.Write(certificate.Span);
        else writer.WriteNil();
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("A contender gave a wrong answer.");
    }
}
