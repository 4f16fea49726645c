using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.Tests;

[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class TransactionReceiptTests(IBlockFormat format)
{
    private readonly World _world = new(format);

    [Test]
    public void Verify_OfEachTransactionOfABlock_HoldsAfterItsEncoding()
    {
        HashedBlock block = Block(5);
        foreach (HashedTransaction transaction in block.Transactions)
        {
            TransactionReceipt made = TransactionReceipt.Create(block, transaction.Id, _world.Profile, _world.ChainId)!;
            byte[] encoded = made.Encode(format);
            Assert.That(TransactionReceipt.Decode(encoded, _world.Profile, out TransactionReceipt? receipt).Message, Is.EqualTo("No fault."));
            Assert.That(receipt!.Verify(_world.Profile));
            Assert.That((receipt.Id, receipt.Block, receipt.ChainId), Is.EqualTo((transaction.Id, block.Id, _world.ChainId)));
            Assert.That(receipt.Header.Height, Is.EqualTo(block.Header.Height));
            Assert.That(receipt.Transaction.Amount, Is.EqualTo(transaction.Transaction.Amount));
            Assert.That(receipt.Encode(format), Is.EqualTo(encoded));
        }
    }

    [Test]
    public void Create_OfWhatIsNotInTheBlock_IsNothing() =>
        Assert.That(TransactionReceipt.Create(Block(2), new TransactionId(default), _world.Profile, _world.ChainId), Is.Null);

    [Test]
    public void Decode_EveryByteChanged_IsRefused_OrNoReceiptOfThatBlock()
    {
        HashedBlock block = Block(3);
        byte[] encoded = TransactionReceipt.Create(block, block.Transactions[1].Id, _world.Profile, _world.ChainId)!.Encode(format);
        int read = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            byte[] changed = [.. encoded];
            changed[i] ^= 0x81;
            if (!TransactionReceipt.Decode(changed, _world.Profile, out TransactionReceipt? receipt).IsValid)
            {
                Assert.That(receipt, Is.Null);
                continue;
            }

            read++;
            bool isTheSame = receipt!.Block == block.Id && receipt.ChainId == _world.ChainId && receipt.Seal.Span.SequenceEqual(block.Block.Seal.Span);
            Assert.That(isTheSame && receipt.Verify(_world.Profile), Is.False, $"byte {i}");
        }

        Assert.That(read, Is.Positive);
        Assert.That(TransactionReceipt.Decode(encoded.AsMemory()[..^1], _world.Profile, out _).IsValid, Is.False);
        Assert.That(TransactionReceipt.Decode((byte[])[.. encoded, 0], _world.Profile, out _).IsValid, Is.False);
    }

    [Test]
    public void Verify_UnderAnotherSendersSignature_DoesNotHold()
    {
        Transaction payment = _world.Pay(World.Alice, World.Bob, 5);
        var forged = new Transaction { Tag = payment.Tag, Sender = World.Carol, Receiver = payment.Receiver, Amount = payment.Amount, Fee = payment.Fee, Signature = payment.Signature };
        HashedBlock block = HashedBlock.Create(new Block { Header = new Forge(_world).Genesis.Header, Transactions = [forged] }, format, _world.ChainId);
        block = HashedBlock.Create(Forge.With(block.Block, block.Header with { MerkleRoot = block.ComputedMerkleRoot }), format, _world.ChainId);
        TransactionReceipt receipt = TransactionReceipt.Create(block, block.Transactions[0].Id, _world.Profile, _world.ChainId)!;
        Assert.That(receipt.Verify(_world.Profile), Is.False);
    }

    private HashedBlock Block(int payments)
    {
        var forge = new Forge(_world);
        return forge.Next(forge.Genesis, Enumerable.Range(1, payments).Select(amount => _world.Pay(World.Alice, World.Bob, (ulong)amount)));
    }
}
