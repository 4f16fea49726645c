using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Internal;

[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class PoolArchiveTests(IBlockFormat format)
{
    private World _world = null!;
    private ImmutableArray<HashedTransaction> _pool;

    [SetUp]
    public void CreatePool()
    {
        _world = new World(format);
        _pool = [.. Enumerable.Range(1, 20).Select(i => _world.Hash(_world.Pay(World.Alice, World.Bob, (ulong)i)))];
    }

    [Test]
    public void TryDecode_WhatWasEncoded_IsTheSameInTheSameOrder()
    {
        Assert.That(Decode(Encode(_pool), out ImmutableArray<HashedTransaction> read).IsValid);
        Assert.That(read.Select(transaction => (transaction.Id, transaction.Leaf, transaction.Size)), Is.EqualTo(_pool.Select(transaction => (transaction.Id, transaction.Leaf, transaction.Size))));
        Assert.That(Encode(read), Is.EqualTo(Encode(_pool)));
        Assert.That(Decode(Encode([]), out read).IsValid);
        Assert.That(read, Is.Empty);
    }

    [Test]
    public void TryDecode_OfAnotherChainOrVersion_GivesNothing()
    {
        byte[] encoded = Encode(_pool);
        GenesisSpec genesis = _world.Profile.Genesis with { Salt = new Crypto.Hash256(Enumerable.Repeat((byte)7, 32).ToArray()) };
        var other = new World(_world.Profile with { Genesis = genesis });
        DecodeOutcome outcome = PoolArchive.Decode(encoded, other.Profile, other.ChainId, new PoolOptions(), out ImmutableArray<HashedTransaction> read);
        Assert.That((outcome.Fault, read.Length), Is.EqualTo((DecodeFault.InvalidValue, 0)));

        encoded[1] = 2;
        Assert.That((Decode(encoded, out read).Fault, read.Length), Is.EqualTo((DecodeFault.InvalidValue, 0)));
    }

    [Test]
    public void TryDecode_CutAtEveryByte_GivesTheTransactionsBefore()
    {
        byte[] encoded = Encode(_pool);
        for (int length = 0; length < encoded.Length; length++)
        {
            Assert.That(Decode(encoded.AsMemory(0, length), out ImmutableArray<HashedTransaction> read).IsValid, Is.False);
            if (!read.Select(transaction => transaction.Id).SequenceEqual(_pool.Take(read.Length).Select(transaction => transaction.Id))) Assert.Fail(Invariant($"cut at {length}"));
            if (read.Length < (length - 40) / (_pool.Max(transaction => transaction.Size) + 1) - 1) Assert.Fail(Invariant($"cut at {length}: only {read.Length}"));
        }
    }

    [Test]
    public void TryDecode_WithAnyBitFlipped_NeverThrows_AndHarmsOneTransactionAtMost_OrEndsThere()
    {
        byte[] encoded = Encode(_pool);
        HashSet<TransactionId> known = [.. _pool.Select(transaction => transaction.Id)];
        for (int bit = 0; bit < encoded.Length * 8; bit += 3)
        {
            byte[] flipped = [.. encoded];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            DecodeOutcome outcome = Decode(flipped, out ImmutableArray<HashedTransaction> read);
            int foreign = read.Count(transaction => !known.Contains(transaction.Id));
            if (foreign > 1 || (outcome.IsValid && read.Length < _pool.Length - 1)) Assert.Fail(Invariant($"bit {bit}: {foreign} others, {read.Length} read"));
        }
    }

    [Test]
    public void TryDecode_RandomBytesAndHugeClaims_NeitherThrowNorAllocate()
    {
        const int seed = 77;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] encoded = Encode(_pool);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = encoded[..random.Next(36, 120)];
            random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
            Decode(bytes, out _);
        }

        // An array of 2³²−1 transactions in 41 bytes.
        byte[] huge = [.. encoded[..36], 0xdd, 0xff, 0xff, 0xff, 0xff];
        Decode(huge, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(Decode(huge, out ImmutableArray<HashedTransaction> read).Fault, Is.EqualTo(DecodeFault.TooLong));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4_096));
        Assert.That(read, Is.Empty);
    }

    private byte[] Encode(ImmutableArray<HashedTransaction> transactions)
    {
        var output = new ArrayBufferWriter<byte>();
        PoolArchive.Encode(transactions, _world.Profile, _world.ChainId, output);
        return output.WrittenSpan.ToArray();
    }

    private DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, out ImmutableArray<HashedTransaction> transactions) =>
        PoolArchive.Decode(encoded, _world.Profile, _world.ChainId, new PoolOptions(), out transactions);
}
