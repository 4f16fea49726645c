using Coniunctum.Crypto;

namespace Coniunctum.Testing.Xunit.Tests;

public sealed class ShopFixture : LedgerFixture, IAsyncLifetime;

public sealed class ShopTests(ShopFixture shop) : IClassFixture<ShopFixture>, IAsyncLifetime
{
    public ValueTask InitializeAsync() => shop.ResetAsync();

    public ValueTask DisposeAsync() => default;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Payment_IsAllThatTheShopOwns(ulong price)
    {
        Address till = Address.Parse("5af0c2d7e81b94a63f20c9d81e7b65a4039f8d2c1b6e70a5948d3c2f1e0b7a69");
        await shop.Ledger.PayAsync(shop.Ledger.Accounts[0], till, price, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(price, shop.Ledger.Balance(till));
    }
}
