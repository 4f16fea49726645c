using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.Tests;

[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class BlockPeekTests(IBlockFormat format)
{
    private const int Seed = 0x9EE4;

    private static readonly LedgerLimits s_limits = new();

    [Test]
    public void Read_AnyBlock_HasTheHeaderIdentityAndSealOfTheWholeOne()
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (int i = 0; i < 200; i++)
        {
            byte[] encoded = Samples.Encode(Samples.DrawBlock(random, format), format);
            Assert.That(HashedBlock.Decode(encoded, format, s_limits, default, out HashedBlock? block).IsValid, Is.True);
            Assert.That(BlockPeek.Read(encoded, format, s_limits, out BlockPeek? peek).IsValid, Is.True);
            Assert.That((peek!.Header, peek.Id), Is.EqualTo((block!.Header, block.Id)));
            Assert.That(peek.Seal.ToArray(), Is.EqualTo(block.Block.Seal.ToArray()));
        }
    }

    [Test]
    public void Read_AnyChangedOrCutBlock_RefusesOnlyWhatTheDecoderRefusesThere()
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        int refused = 0;
        for (int i = 0; i < 5_000; i++)
        {
            byte[] encoded = Samples.Encode(Samples.DrawBlock(random, format), format);
            if (random.Next(3) == 0) encoded = encoded[..random.Next(encoded.Length)];
            if (encoded.Length > 0) encoded[random.Next(Math.Min(encoded.Length, random.Next(2) == 0 ? 12 : 600))] ^= (byte)(1 << random.Next(8));
            DecodeOutcome whole = HashedBlock.Decode(encoded, format, s_limits, default, out HashedBlock? block);
            DecodeOutcome start = BlockPeek.Read(encoded, format, s_limits, out BlockPeek? peek);
            Assert.That(peek is null, Is.EqualTo(!start.IsValid));
            if (!start.IsValid)
            {
                refused++;
                Assert.That(whole, Is.EqualTo(start), $"trial {i}: the decoder stops at the same fault");
            }
            else if (block is not null)
            {
                Assert.That((peek!.Header, peek.Id), Is.EqualTo((block.Header, block.Id)), $"trial {i}");
                Assert.That(peek.Seal.ToArray(), Is.EqualTo(block.Block.Seal.ToArray()), $"trial {i}");
            }
            else
            {
                Assert.That(whole.Offset, Is.GreaterThanOrEqualTo(start.Offset), $"trial {i}: its fault lies behind the seal");
            }
        }

        Assert.That(refused, Is.InRange(100, 4_900));
    }

    [Test]
    public void Read_WhateverLiesBehindTheSeal_IsNotLookedAt()
    {
        var random = new Random(Seed);
        byte[] encoded = Samples.Encode(Samples.DrawBlock(random, format), format);
        BlockPeek.Read(encoded, format, s_limits, out BlockPeek? expected);
        DecodeOutcome start = BlockPeek.Read(encoded, format, s_limits, out _);
        byte[] other = [.. encoded[..(int)start.Offset], .. Enumerable.Repeat((byte)0xC1, 100)];
        Assert.That(BlockPeek.Read(other, format, s_limits, out BlockPeek? peek).IsValid, Is.True);
        Assert.That(peek!.Id, Is.EqualTo(expected!.Id));
        Assert.That(HashedBlock.Decode(other, format, s_limits, default, out _).IsValid, Is.False);
    }
}
