using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.Tests;

[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class InclusionProofTests(IBlockFormat format)
{
    private readonly World _world = new(format);

    [Test]
    public void Verify_EachTransactionOfBlocksOfEachSize_ShowsItAndNoOther([Values(1, 2, 3, 7, 8, 9)] int count)
    {
        Transaction[] payments = [.. Enumerable.Range(1, count).Select(amount => _world.Pay(World.Alice, World.Bob, (ulong)amount))];
        HashedBlock block = BlockOf(payments);
        foreach (Transaction payment in payments)
        {
            InclusionProof made = InclusionProof.Create(block, format.Leaf(payment, 0), format)!;
            Assert.That(InclusionProof.Decode(made.Encode(), out InclusionProof? proof).IsValid);
            foreach (Transaction other in payments) Assert.That(proof!.Verify(block.ComputedMerkleRoot, other, format), Is.EqualTo(other == payment));
            Assert.That(proof!.Verify(Sha3_256.Hash("another"u8), payment, format), Is.False);
            Assert.That(proof.Encode(), Is.EqualTo(made.Encode()));
        }
    }

    [Test]
    public void Create_ATransactionThatIsNotInTheBlock_ProvesNothing()
    {
        HashedBlock block = BlockOf([_world.Pay(World.Alice, World.Bob, 1), _world.Pay(World.Alice, World.Bob, 2)]);

        Assert.That(InclusionProof.Create(block, format.Leaf(_world.Pay(World.Alice, World.Bob, 1), 0), format), Is.Null);
    }

    [Test]
    public void Decode_EveryByteChanged_ReadsOrRefuses_AndProvesNothing()
    {
        Transaction[] payments = [.. Enumerable.Range(1, 5).Select(amount => _world.Pay(World.Alice, World.Bob, (ulong)amount))];
        HashedBlock block = BlockOf(payments);
        byte[] encoded = InclusionProof.Create(block, format.Leaf(payments[2], 0), format)!.Encode();
        int refused = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            byte[] changed = [.. encoded];
            changed[i] ^= 0x81;
            if (!InclusionProof.Decode(changed, out InclusionProof? proof).IsValid)
            {
                Assert.That(proof, Is.Null);
                refused++;
                continue;
            }

            Assert.That(proof!.Verify(block.ComputedMerkleRoot, payments[2], format), Is.False, $"byte {i}");
        }

        Assert.That(refused, Is.InRange(1, 5), "what is not a hash");
        Assert.That(InclusionProof.Decode(encoded.AsMemory()[..^1], out _).IsValid, Is.False);
        Assert.That(InclusionProof.Decode((byte[])[.. encoded, 0], out _).IsValid, Is.False);
    }

    private HashedBlock BlockOf(Transaction[] transactions) =>
        HashedBlock.Create(new Block { Header = new Forge(_world).Genesis.Header, Transactions = transactions }, format, _world.ChainId);
}
