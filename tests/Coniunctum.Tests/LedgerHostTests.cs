using Coniunctum.Consensus.Rules;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

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
}
