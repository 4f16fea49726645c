using System.Buffers.Binary;
using Coniunctum.Authority;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

[TestFixture]
internal sealed class BlockImportTests
{
    private static readonly ChainProfile s_profile = Profiles.Standard with
    {
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)),
        RewardMaturity = 1,
    };

    private readonly Address _miner = new(Sha3_256.Hash([1]));

    [Test]
    public async Task Import_ExportedChain_GivesTheSameTipAndKnowsItTheSecondTime()
    {
        HashedBlock[] blocks = Chain(40);
        using MemoryStream file = await FileOfAsync(blocks);
        await using LedgerHost ledger = await LedgerBuilder.For(s_profile).StartAsync().Soon();

        ImportOutcome first = await ImportAsync(ledger, file);
        ImportOutcome second = await ImportAsync(ledger, file);

        Assert.That(first, Is.EqualTo(new ImportOutcome(0, 40, null)));
        Assert.That(second, Is.EqualTo(new ImportOutcome(40, 0, null)));
        Assert.That(ledger.Tip.Id, Is.EqualTo(blocks[^1].Id));
    }

    [TestCase(3)]
    [TestCase(21)]
    public async Task Import_BlockThatIsRefusedWhenItIsExecuted_IsTheOneThatIsNamed(int bad)
    {
        // The blocks behind it are refused too, but only because of it.
        var maker = new BlockMaker(s_profile);
        List<HashedBlock> blocks = [.. Enumerable.Range(1, bad - 1).Select(_ => maker.Next(_miner))];
        blocks.Add(maker.Make(_miner, [], header => header with { StateRoot = Hash256.Zero }));
        for (int i = 0; i < 30; i++) blocks.Add(Child(blocks[^1]));
        using MemoryStream file = await FileOfAsync(blocks);
        await using LedgerHost ledger = await LedgerBuilder.For(s_profile).StartAsync().Soon();

        ImportOutcome outcome = await ImportAsync(ledger, file);

        Assert.That(outcome.Refused?.Id, Is.EqualTo(blocks[bad - 1].Id));
        Assert.That(outcome.Refused?.Reason, Does.Contain("StateRootMismatch"));
        Assert.That(ledger.Tip.Header.Height, Is.EqualTo(bad - 1));
    }

    [Test]
    public async Task Import_BlockUnderASealOfNobody_IsTheOneThatIsNamed()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address authority = s_profile.Signatures.AddressOf(key.PublicKey);
        ChainProfile profile = s_profile with { Consensus = new SingleAuthority(authority), Genesis = s_profile.Genesis with { Allocations = [new(authority, 1_000)] } };
        using var store = new MemoryChainStore();
        await using (LedgerHost maker = await LedgerBuilder.For(profile).Use(new SingleAuthority(authority), _ => new AuthorityProducer(key, profile.Signatures)).StartAsync().Soon())
        {
            HashedBlock genesis = maker.Chain.BlockAt(0)!;
            for (ulong i = 1; i <= 5; i++) await maker.SubmitAndConfirmAsync(Transfer.Sign(key, _miner, i, maker.Context)).Soon();
            Store(store, genesis, genesis.Encoded);
            for (ulong height = 1; height <= 5; height++)
            {
                HashedBlock block = maker.Chain.BlockAt(height)!;
                byte[] seal = block.Block.Seal.ToArray();
                if (height == 3) seal[5] ^= 1;
                var copy = HashedBlock.Create(new Block { Header = block.Header, Transactions = block.Block.Transactions, Seal = seal }, profile.Format, maker.ChainId);
                Store(store, copy, copy.Encoded);
            }
        }

        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, profile.Limits);
        await using LedgerHost ledger = await LedgerBuilder.For(profile).StartAsync().Soon();
        ImportOutcome outcome = await ImportAsync(ledger, file);

        Assert.That(outcome.Refused?.Id, Is.EqualTo(store.IdAt(3)));
        Assert.That(outcome.Refused?.Reason, Does.Contain("SealInvalid"));
        Assert.That(ledger.Tip.Header.Height, Is.EqualTo(2));
    }

    [Test]
    public async Task Import_FileThatIsCutOff_TakesInWhatIsWhole()
    {
        using MemoryStream file = await FileOfAsync(Chain(10));
        file.SetLength(file.Length - 30);
        await using LedgerHost ledger = await LedgerBuilder.For(s_profile).StartAsync().Soon();

        Assert.That(async () => await ImportAsync(ledger, file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cut off"));
        Assert.That(ledger.Tip.Header.Height, Is.EqualTo(9));
    }

    [Test]
    public async Task Import_OtherBytesThanTheNameSays_IsRefused()
    {
        HashedBlock[] blocks = Chain(3);
        using var store = new MemoryChainStore();
        Store(store, Genesis(), Genesis().Encoded);
        Store(store, blocks[0], blocks[1].Encoded);
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_profile.Limits);
        await using LedgerHost ledger = await LedgerBuilder.For(s_profile).StartAsync().Soon();

        ImportOutcome outcome = await ImportAsync(ledger, file);

        Assert.That(outcome.Refused?.Reason, Does.Contain(blocks[1].Id.ToString()));
    }

    [Test]
    public async Task WaitUntilSettled_AfterBlocksWereTaken_FindsThemDurable()
    {
        HashedBlock[] blocks = Chain(5);
        await using LedgerHost ledger = await LedgerBuilder.For(s_profile).StartAsync().Soon();
        foreach (HashedBlock block in blocks) await ledger.SubmitBlockAsync(block).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That(ledger.Tip.Id, Is.EqualTo(blocks[^1].Id));
    }

    private static HashedBlock Genesis() => new BlockMaker(s_profile).Genesis;

    private static async Task<ImportOutcome> ImportAsync(LedgerHost ledger, MemoryStream file)
    {
        file.Position = 0;
        BlockFileReader reader = await BlockFileReader.OpenAsync(file, ledger.Profile.Limits);
        return await ledger.ImportAsync(reader).Soon();
    }

    private static async Task<MemoryStream> FileOfAsync(IEnumerable<HashedBlock> blocks)
    {
        using var store = new MemoryChainStore();
        foreach (HashedBlock block in blocks.Prepend(Genesis())) Store(store, block, block.Encoded);
        var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_profile.Limits);
        return file;
    }

    private static void Store(MemoryChainStore store, HashedBlock block, ReadOnlyMemory<byte> encoded) => store.Commit(new StoreBatch
    {
        Connected = [new StoredBlock(HeadCodec.Write(block, s_profile.Format, default, Work.Zero), encoded, default)],
    });

    private HashedBlock[] Chain(int length)
    {
        var maker = new BlockMaker(s_profile);
        return [.. Enumerable.Range(1, length).Select(_ => maker.Next(_miner))];
    }

    /// <summary>A block behind another one, with an honest header and a body like its parent's.</summary>
    private static HashedBlock Child(HashedBlock parent)
    {
        var maker = new BlockMaker(s_profile);
        Transaction reward = parent.Block.Transactions[0];
        ulong height = parent.Header.Height + 1;
        byte[] tag = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(tag, height);
        var draft = new BlockDraft(Genesis().Id, s_profile.Format, parent.Header with
        {
            Height = height,
            Previous = parent.Id,
            Timestamp = parent.Header.Timestamp.Plus(TimeSpan.FromSeconds(1)),
        }, [new Transaction { Tag = new TransactionTag(new Hash256(tag)), Sender = Address.Root, Receiver = reward.Receiver, Amount = reward.Amount, Signature = reward.Signature }]);
        return maker.Seal(draft.WithExtraNonce(0));
    }
}
