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
}
