using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Tests.State;

public sealed class HistoryProofTests
{
    private const int Blocks = 70;

    private readonly (BlockId Id, Work Weight)[] _blocks = new (BlockId, Work)[Blocks];
    private readonly Hash256[] _roots = new Hash256[Blocks + 1];

    [OneTimeSetUp]
    public void MakeChain()
    {
        const int seed = 0x4157;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        HistoryTree tree = HistoryTree.Empty;
        for (int i = 0; i < Blocks; i++)
        {
            // Some weights so large that sums do not fit.
            _blocks[i] = (new BlockId(Samples.DrawHash(random)), i % 9 == 0 ? Work.Max : Work.From((ulong)random.NextInt64()));
            tree = tree.With(_blocks[i].Id, _blocks[i].Weight);
            _roots[i + 1] = tree.Root;
        }
    }

    [Test]
    public void Verify_EveryAncestorOfEveryBlock_Holds()
    {
        for (ulong descendant = 1; descendant <= Blocks; descendant++)
        {
            for (ulong ancestor = 0; ancestor < descendant; ancestor++)
            {
                byte[] encoded = Prove(descendant, ancestor).Encode();
                Assert.That(HistoryProof.Decode(encoded, out HistoryProof? proof).IsValid, Is.True);
                Assert.That(proof!.Encode(), Is.EqualTo(encoded));
                Assert.That(Verify(proof, descendant, ancestor), Is.True, $"{ancestor} below {descendant}");
            }
        }
    }

    [Test]
    public void Verify_AnotherBlockHeightWeightOrRoot_Fails()
    {
        const ulong descendant = 53;
        for (ulong ancestor = 0; ancestor < descendant; ancestor++)
        {
            HistoryProof proof = Prove(descendant, ancestor);
            (BlockId id, Work weight) = _blocks[ancestor];
            Assert.That(HistoryProof.Verify(proof, _roots[descendant], descendant, ancestor, id, weight), Is.True);
            for (ulong other = 0; other < Blocks; other++)
            {
                if (other != ancestor)
                {
                    Assert.That(HistoryProof.Verify(proof, _roots[descendant], descendant, other, id, weight), Is.False);
                    Assert.That(HistoryProof.Verify(proof, _roots[descendant], descendant, ancestor, _blocks[other].Id, _blocks[other].Weight), Is.False);
                }

                if (other != descendant)
                {
                    Assert.That(HistoryProof.Verify(proof, _roots[other], descendant, ancestor, id, weight), Is.False);
                    Assert.That(HistoryProof.Verify(proof, _roots[descendant], other, ancestor, id, weight), Is.False);
                }
            }

            Work wrong = weight == Work.Max ? Work.Zero : Work.Max;
            Assert.That(HistoryProof.Verify(proof, _roots[descendant], descendant, ancestor, id, wrong), Is.False);
        }
    }

    [Test]
    public void Verify_AnyBitFlippedOrBytesLost_IsRefused()
    {
        foreach ((ulong descendant, ulong ancestor) in new[] { (1UL, 0UL), (2UL, 1UL), (13UL, 5UL), (64UL, 63UL), (70UL, 68UL) })
        {
            byte[] encoded = Prove(descendant, ancestor).Encode();
            for (int bit = 0; bit < 8 * encoded.Length; bit++)
            {
                byte[] flipped = [.. encoded];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                AssertRefused(flipped, descendant, ancestor);
            }

            for (int length = 0; length < encoded.Length; length++) AssertRefused(encoded[..length], descendant, ancestor);
            AssertRefused([.. encoded, 0], descendant, ancestor);
        }
    }

    [Test]
    public void Verify_ProofOfAnotherShape_Fails()
    {
        // Any other proof of the same chain, whatever its lengths are.
        HistoryProof[] proofs = [.. Enumerable.Range(0, 21).Select(ancestor => Prove(21, (ulong)ancestor)), .. Enumerable.Range(1, 69).Select(descendant => Prove((ulong)descendant, 0))];
        for (ulong ancestor = 1; ancestor < 21; ancestor++)
            Assert.That(proofs.Count(proof => Verify(proof, 21, ancestor)), Is.EqualTo(1));
        Assert.That(Verify(Prove(21, 0), 0, 0), Is.False);
        Assert.That(HistoryProof.Verify(Prove(21, 0), Hash256.Zero, 0, ulong.MaxValue, _blocks[0].Id, _blocks[0].Weight), Is.False);
        Assert.That(HistoryProof.Verify(Prove(21, 0), _roots[21], ulong.MaxValue, 5, _blocks[5].Id, _blocks[5].Weight), Is.False);
    }

    [Test]
    public void Create_AncestorNotBelow_Throws()
    {
        Assert.That(() => Prove(5, 5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Prove(0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Create_OfAStoredChain_IsTheSameProof()
    {
        using var store = new MemoryChainStore();
        Work weight = Work.Zero;
        (BlockId Id, Work Weight)[] blocks = new (BlockId, Work)[Blocks];
        for (ulong height = 0; height < Blocks; height++)
        {
            // Weights that a chain can have: their sum fits.
            blocks[height] = (_blocks[height].Id, Work.From(height * height));
            Assert.That(Work.TryAdd(weight, blocks[height].Weight, out weight), Is.True);
            store.Commit(new StoreBatch { Connected = [new StoredBlock(new StoredHead(blocks[height].Id, height, default, default, weight), default, default)] });
        }

        for (ulong descendant = 1; descendant < Blocks; descendant++)
        {
            for (ulong ancestor = 0; ancestor < descendant; ancestor++)
            {
                byte[] expected = HistoryProof.Create(descendant, ancestor, (level, index) => SummitOf(level, index, blocks)).Encode();
                var proof = HistoryProof.Create(store, descendant, ancestor, out BlockId id, out Work found);
                Assert.That((id, found), Is.EqualTo(blocks[ancestor]));
                Assert.That(proof.Encode(), Is.EqualTo(expected));
            }
        }

        Assert.That(() => HistoryProof.Create(store, Blocks + 1, 0, out _, out _), Throws.InstanceOf<InvalidDataException>());
    }

    private HistoryProof Prove(ulong descendant, ulong ancestor) => HistoryProof.Create(descendant, ancestor, (level, index) => SummitOf(level, index, _blocks));

    private static HistoryTree.Summit SummitOf(int level, ulong index, (BlockId Id, Work Weight)[] blocks)
    {
        HistoryTree tree = HistoryTree.Empty;
        foreach ((BlockId id, Work weight) in blocks.AsSpan((int)index << level, 1 << level)) tree = tree.With(id, weight);
        return tree.Peaks[0];
    }

    private bool Verify(HistoryProof proof, ulong descendant, ulong ancestor) =>
        HistoryProof.Verify(proof, _roots[descendant], descendant, ancestor, _blocks[ancestor].Id, _blocks[ancestor].Weight);

    private void AssertRefused(byte[] encoded, ulong descendant, ulong ancestor)
    {
        if (HistoryProof.Decode(encoded, out HistoryProof? proof).IsValid)
            Assert.That(Verify(proof!, descendant, ancestor), Is.False);
    }
}
