using Coniunctum.Consensus.Rules;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Tests;

public sealed class LedgerHostTests
{
    [Test]
    public async Task SubmitAndConfirm_UnderOneAuthority_MovesTheBalance()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        using PrivateKey other = PrivateKey.Generate(SystemEntropy.Instance);
        Address friend = Profiles.Development.Signatures.AddressOf(other.PublicKey);

        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .UseAuthority(key)
            .StartAsync();
        Transaction transfer = Transfer.Sign(key, to: friend, amount: 5, ledger.Context);
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(transfer).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(ledger.Balance(friend), Is.EqualTo(5));
        Assert.That(confirmation.Height, Is.EqualTo(1));
    }

    [Test]
    public async Task Mining_UnderProofOfWork_ProducesBlocksOneAfterAnother()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address miner = Profiles.Development.Signatures.AddressOf(key.PublicKey);

        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .UseProofOfWork(miner, threads: 2)
            .StartAsync();
        ulong height = 0;
        await foreach (LedgerEvent change in ledger.EventsAsync())
        {
            Assert.That(change, Is.InstanceOf<LedgerEvent.Connected>());
            Assert.That(change.Block.Header.Height, Is.EqualTo(++height));
            if (height == 5) break;
        }

        Assert.That(ledger.Supply, Is.GreaterThanOrEqualTo(5 * 50));
    }

    [Test]
    public async Task ReadStatus_WhileBlocksAreMined_ShowsTheSupplyOfItsOwnHeight()
    {
        const ulong LastHeight = 200;
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address miner = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        ChainProfile profile = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(16)) };

        await using LedgerHost ledger = await LedgerBuilder.For(profile)
            .UseProofOfWork(miner, options: new MiningOptions { LastHeight = LastHeight })
            .StartAsync();
        await foreach (LedgerEvent change in ledger.EventsAsync())
        {
            LedgerStatus status = ledger.ReadStatus();
            Assert.That(status.Tip.Header.Height, Is.GreaterThanOrEqualTo(change.Block.Header.Height));
            Assert.That(status.Supply, Is.EqualTo(50 * status.Tip.Header.Height));
            if (change.Block.Header.Height == LastHeight) break;
        }
    }

    [Test]
    public async Task Events_WhenTheStoreFails_End()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address miner = Profiles.Development.Signatures.AddressOf(key.PublicKey);

        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .UseStore(new StoreThatFailsAtHeightOne())
            .UseProofOfWork(miner)
            .StartAsync();
        await foreach (LedgerEvent change in ledger.EventsAsync()) Assert.Fail($"{change} is not durable.");

        Assert.That(ledger.Fault, Does.Contain("no space"));
        Assert.That(async () => await ledger.SubmitBlockAsync(ledger.Tip), Throws.TypeOf<LedgerHaltedException>());
    }

    private sealed class StoreThatFailsAtHeightOne : IChainStore
    {
        private readonly MemoryChainStore _store = new();

        public StoredTip? Tip => _store.Tip;

        public void Commit(StoreBatch batch)
        {
            if (batch.Connected.Any(block => block.Header.Height > 0)) throw new IOException("no space");
            _store.Commit(batch);
        }

        public BlockId? IdAt(ulong height) => _store.IdAt(height);

        public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => _store.ReadBlock(id);

        public ReadOnlyMemory<byte>? ReadRecord(string key) => _store.ReadRecord(key);

        public void Dispose() => _store.Dispose();
    }
}
