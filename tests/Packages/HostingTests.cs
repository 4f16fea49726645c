using Coniunctum.Hosting;
using Coniunctum.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coniunctum.Packages.Tests;

public sealed class HostingTests
{
    [Test]
    public async Task Host_OfThePackagesPage_HasALedgerThatConfirms()
    {
        await RunAsync([]);
    }

    // src/Coniunctum.Hosting/ConiunctumServices.cs
    internal static void InAFile(HostApplicationBuilder builder)
    {
        builder.Services.AddConiunctum("orders")
            .Configure((services, ledger) => ledger.UseStore(SqliteChainStore.Open("orders.db")))
            .AddAuthority(services => services.GetRequiredService<PrivateKey>());
    }

    // src/Coniunctum.Hosting/README.md
    private static async Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddSingleton(_ => PrivateKey.Generate(SystemEntropy.Instance));
        builder.Services.AddConiunctum("orders").AddAuthority(services => services.GetRequiredService<PrivateKey>());
        builder.Services.AddHealthChecks().AddConiunctum("orders");
        using IHost host = builder.Build();
        await host.StartAsync();
        ILedger ledger = host.Services.GetRequiredKeyedService<ILedger>("orders");
        PrivateKey key = host.Services.GetRequiredService<PrivateKey>();
        Address friend = Address.Parse("5af0c2d7e81b94a63f20c9d81e7b65a4039f8d2c1b6e70a5948d3c2f1e0b7a69");
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, friend, 5, ledger.Context));
        Assert.That(ledger.Balance(friend), Is.EqualTo(5));
        await host.StopAsync();
    }
}
