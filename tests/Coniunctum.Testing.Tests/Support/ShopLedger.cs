namespace Coniunctum.Testing.Tests.Support;

public sealed class ShopLedger : LedgerFixture
{
    protected override Task PrepareAsync(TestLedger ledger) => ledger.PayAsync(ledger.Accounts[0], Shop.Address, 1_000);
}
