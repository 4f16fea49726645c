using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>A forced reorganization that no one waits for any more.</summary>
internal sealed class DevReorganizationTests
{
    /// <summary>The client goes away while the blocks are being undone: what they held is not the client's alone.</summary>
    [Test]
    public async Task Reorganize_WhoseAskerLeavesInItsMidst_GivesTheTransactionsBackAndMines()
    {
        using PrivateKey key = PrivateKey.Generate(new SeededEntropy(1, "payer"));
        Address payer = Profiles.Development.Signatures.AddressOf(key.PublicKey), friend = new(Sha3_256.Hash([1]));
        ChainProfile profile = Profiles.Development with { Genesis = Profiles.Development.Genesis with { Allocations = [new(payer, 1_000)] } };
        using var gone = new CancellationTokenSource();
        var mining = new MiningSwitch();
        LedgerBuilder builder = LedgerBuilder.For(profile).UseStore(new CutStore(gone.Cancel));
        builder.Use((ProofOfWork)profile.Consensus, _ => new SwitchedProducer(new ProofOfWorkProducer(friend, new MiningOptions(), new NonceSearch(1)), mining));
        await using LedgerHost ledger = await builder.StartAsync();
        using var control = new DevControl(ledger, mining, new DevClock(TimeProvider.System));
        await control.SetMiningAsync("manual", CancellationToken.None);
        Transaction[] transfers = [.. Enumerable.Range(1, 3).Select(amount => Transfer.Sign(key, friend, (ulong)amount, ledger.Context))];
        foreach (Transaction transfer in transfers) Assert.That((await ledger.SubmitAsync(transfer)).IsValid);
        ulong height = (await control.MineAsync(2, CancellationToken.None)).Height;
        Assert.That(ledger.Balance(payer), Is.EqualTo(994));

        Assert.That(async () => await control.ReorganizeAsync(2, gone.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(() => ledger.Tip.Header.Height, Is.EqualTo(height + 1).After(30_000, 10), "the blocks in their place are mined");
        Assert.That((ledger.Balance(payer), ledger.Pool.Count), Is.EqualTo((994UL, 0)));
    }
}
