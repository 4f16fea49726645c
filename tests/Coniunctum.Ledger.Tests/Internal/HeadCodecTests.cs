using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Tests.Internal;

public sealed class HeadCodecTests
{
    private const int Seed = 0x4EAD;

    private static readonly LedgerLimits s_limits = new();

    private static IEnumerable<ReadOnlyMemory<byte>?> Certificates => [null, default(ReadOnlyMemory<byte>), new byte[] { 0xC0 }, new byte[65_536]];

    [TestCaseSource(nameof(Certificates))]
    public void Read_WhatWasWritten_IsHeaderSealAndCertificate(ReadOnlyMemory<byte>? certificate)
    {
        HashedBlock block = Block(certificate);
        StoredHead head = HeadCodec.Write(block, StandardFormat.Instance, new byte[] { 1 }, Work.From(9));
        Assert.That((head.Id, head.Height, head.ChainWeight), Is.EqualTo((block.Id, 12UL, Work.From(9))));
        BlockHead read = HeadCodec.Read(head, StandardFormat.Instance, s_limits);
        Assert.That((read.Header, read.Seal.ToArray()), Is.EqualTo((block.Header, block.Block.Seal.ToArray())));
        Assert.That(read.Certificate?.ToArray(), Is.EqualTo(certificate?.ToArray()));
    }

    [Test]
    public void Decode_AnyBitFlippedOrByteLost_IsRefusedOrAnotherHead()
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        byte[] encoded = HeadCodec.Write(Block(new byte[] { 1, 2, 3 }), StandardFormat.Instance, default, default).Header.ToArray();
        for (int bit = 0; bit < 8 * encoded.Length; bit++)
        {
            byte[] flipped = [.. encoded];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            DecodeOutcome outcome = HeadCodec.Decode(flipped, StandardFormat.Instance, s_limits, out BlockHead? head);
            Assert.That(head is null, Is.EqualTo(!outcome.IsValid));
            if (head is not null) Assert.That(Encode(head), Is.EqualTo(flipped), $"bit {bit}");
        }

        for (int length = 0; length < encoded.Length; length++)
        {
            Assert.That(HeadCodec.Decode(encoded.AsMemory(0, length), StandardFormat.Instance, s_limits, out _).IsValid, Is.False);
        }
    }

    [Test]
    public void Decode_SealOrCertificateOverItsLimit_IsRefused()
    {
        byte[] encoded = HeadCodec.Write(Block(new byte[65_537]), StandardFormat.Instance, default, default).Header.ToArray();
        Assert.That(HeadCodec.Decode(encoded, StandardFormat.Instance, s_limits, out _).Fault, Is.EqualTo(DecodeFault.TooLong));
        Assert.That(HeadCodec.Decode(encoded, StandardFormat.Instance, s_limits with { MaxCertificateBytes = 65_537 }, out _).IsValid, Is.True);
        Assert.That(HeadCodec.Decode(encoded, StandardFormat.Instance, s_limits with { MaxCertificateBytes = 65_537, MaxSealBytes = 6 }, out _).Fault, Is.EqualTo(DecodeFault.TooLong));
    }

    [Test]
    public void Read_AnotherBlocksHead_IsDamage()
    {
        StoredHead head = HeadCodec.Write(Block(null), StandardFormat.Instance, default, default);
        Assert.That(() => HeadCodec.Read(head with { Id = new BlockId(Sha3_256.Hash([1])) }, StandardFormat.Instance, s_limits), Throws.InstanceOf<InvalidDataException>());
    }

    private static byte[] Encode(BlockHead head)
    {
        var block = new Block { Header = head.Header, Transactions = [], Seal = head.Seal, Certificate = head.Certificate };
        return HeadCodec.Write(HashedBlock.Create(block, StandardFormat.Instance, default), StandardFormat.Instance, default, default).Header.ToArray();
    }

    private static HashedBlock Block(ReadOnlyMemory<byte>? certificate)
    {
        var random = new Random(Seed);
        var header = new BlockHeader
        {
            Ruleset = 3,
            Height = 12,
            Nonce = 70_000,
            Previous = new BlockId(Samples.DrawHash(random)),
            MerkleRoot = Samples.DrawHash(random),
            Target = Samples.DrawHash(random),
            Timestamp = new Timestamp(1_700_000_000_000),
            StateRoot = Samples.DrawHash(random),
            HistoryRoot = Samples.DrawHash(random),
        };
        return HashedBlock.Create(new Block { Header = header, Transactions = [], Seal = Samples.DrawBytes(random, 7), Certificate = certificate }, StandardFormat.Instance, default);
    }
}
