using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Testing.Tests.Support;

namespace Coniunctum.Testing.Tests;

/// <summary>The fixture as NUnit uses it. Each test finds the ledger as it was prepared, whatever the one before did to it.</summary>
public sealed class LedgerFixtureTests
{
    private readonly ShopLedger _shop = new();

    [OneTimeSetUp]
    public async Task StartAsync() => await _shop.InitializeAsync();

    [SetUp]
    public async Task ResetAsync() => await _shop.ResetAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _shop.DisposeAsync();

    [Test]
    public async Task Test_ThatPays_FindsWhatWasPrepared([Values(1UL, 2UL, 3UL)] ulong amount)
    {
        Assert.That(_shop.Ledger.Balance(Shop.Address), Is.EqualTo(1_000));
        await _shop.Ledger.PayAsync(_shop.Ledger.Accounts[1], Shop.Address, amount);
        Assert.That(_shop.Ledger.Balance(Shop.Address), Is.EqualTo(1_000 + amount));
    }

    [Test]
    public async Task Test_ThatLeavesThePoolFull_DisturbsNoOther([Values] bool waitsForItsBalance)
    {
        TestLedger ledger = _shop.Ledger;
        Assert.That((ledger.Balance(Shop.Address), ledger.Host.Pool.Count, ledger.Host.Pool.WaitingCount), Is.EqualTo((1_000UL, 0, 0)));
        using PrivateKey poor = PrivateKey.Generate(SystemEntropy.Instance);
        LedgerSnapshot before = ledger.Host.Development.TakeSnapshot();
        await ledger.PayAsync(ledger.Accounts[1], ledger.Host.Profile.Signatures.AddressOf(poor.PublicKey), 9);
        ledger.AutoMine = false;
        await ledger.SubmitAsync(Transfer.Sign(poor, Shop.Address, 9, ledger.Context));
        // Behind the fixture's back what paid for it is undone.
        if (waitsForItsBalance) await ledger.Host.Development.RevertAsync(before);
        Assert.That((ledger.Host.Pool.Count, ledger.Host.Pool.WaitingCount), Is.EqualTo(waitsForItsBalance ? (0, 1) : (1, 0)));
    }

    [Test]
    public void Ledger_OfAFixtureThatWasNotInitialized_SaysSo() =>
        Assert.That(() => new ShopLedger().Ledger, Throws.InvalidOperationException.With.Message.Contains(nameof(LedgerFixture.InitializeAsync)));
}
