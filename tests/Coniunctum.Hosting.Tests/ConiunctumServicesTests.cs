using System.Diagnostics.Metrics;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coniunctum.Hosting.Tests;

public sealed class ConiunctumServicesTests
{
    [Test]
    public async Task Host_WithALedger_StartsIt_LogsWhatItDoes_AndStopsIt()
    {
        HostApplicationBuilder builder = TestHost.Create();
        var log = new TestHost.Log();
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSealed("orders");
        using IHost host = builder.Build();
        await host.StartAsync().Soon();

        var ledger = host.Services.GetRequiredKeyedService<LedgerHost>("orders");
        PrivateKey key = host.Services.GetRequiredService<PrivateKey>();
        Assert.That(host.Services.GetRequiredKeyedService<ILedger>("orders"), Is.SameAs(ledger));
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, Address.Parse("5af0c2d7e81b94a63f20c9d81e7b65a4039f8d2c1b6e70a5948d3c2f1e0b7a69"), 5, ledger.Context)).Soon();
        Assert.That(confirmation.Height, Is.EqualTo(1));
        await TestHost.UntilAsync(() => log.Lines.Any(line => line.Event == 4));
        await host.StopAsync().Soon();

        Assert.That(() => ledger.SubmitAsync(Transfer.Sign(key, ledger.Profile.Signatures.AddressOf(key.PublicKey), 1, ledger.Context)), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(log.Category, Is.EqualTo("Coniunctum.orders"));
        Assert.That(log.Lines.Select(line => (line.Event, line.Level)), Is.EqualTo(new[] { (1, LogLevel.Information), (4, LogLevel.Debug), (2, LogLevel.Information) }));
        Assert.That(log.Lines[0].Text, Is.EqualTo($"The ledger development has started: chain {ledger.ChainId}, height 0."));
    }

    [Test]
    public async Task Host_WithTwoLedgers_HasThemByName_AndTheFirstWithoutOne()
    {
        HostApplicationBuilder builder = TestHost.Create();
        builder.Services.AddSealed("orders");
        builder.Services.AddSealed("items", options => options.Pool.MaxBytes = 5000);
        using IHost host = builder.Build();
        await host.StartAsync().Soon();
        var orders = host.Services.GetRequiredKeyedService<LedgerHost>("orders");
        var items = host.Services.GetRequiredKeyedService<LedgerHost>("items");
        Assert.That(items, Is.Not.SameAs(orders));
        Assert.That(host.Services.GetRequiredService<ILedger>(), Is.SameAs(orders));
        Assert.That(host.Services.GetRequiredService<LedgerHost>(), Is.SameAs(orders));
        await host.StopAsync().Soon();
    }

    [Test]
    public void AddConiunctum_OfANameThatIsTaken_IsRefused()
    {
        HostApplicationBuilder builder = TestHost.Create();
        builder.Services.AddConiunctum("orders");
        Assert.That(() => builder.Services.AddConiunctum("orders"), Throws.ArgumentException.With.Message.Contains("'orders' was added before"));
        Assert.That(() => builder.Services.AddConiunctum(" "), Throws.ArgumentException);
    }

    [Test]
    public async Task Options_OfTheConfiguration_AreThoseOfTheLedger_AndCodeHasTheLastWord()
    {
        HostApplicationBuilder builder = TestHost.Create(
            ("Coniunctum:orders:Pool:MaxBytes", "4000"), ("Coniunctum:orders:Pool:MaxPerSender", "3"), ("Coniunctum:orders:Chain:KeptBlocks", "77"),
            ("Coniunctum:orders:Network:Listen:0", "127.0.0.1:0"));
        builder.Services.AddSealed("orders", options => options.Pool.MaxPerSender = 9).AddP2P(network => network.MaxInbound = 2);
        using IHost host = builder.Build();
        LedgerOptions options = host.Services.GetRequiredService<IOptionsMonitor<LedgerOptions>>().Get("orders");
        Assert.That((options.Pool.MaxBytes, options.Pool.MaxPerSender, options.Chain.KeptBlocks), Is.EqualTo((4000L, 9, 77)));
        Assert.That((options.Network!.Listen.Single(), options.Network.MaxInbound), Is.EqualTo(("127.0.0.1:0", 2)));
        await host.StartAsync().Soon();
        Assert.That(host.Services.GetRequiredService<LedgerHost>().Network!.Addresses, Has.Count.EqualTo(1));
        await host.StopAsync().Soon();
    }

    [Test]
    public async Task Options_ThatAreWrong_StopTheStart_AndAreNamedAsTheConfigurationHasThem()
    {
        HostApplicationBuilder builder = TestHost.Create(("Coniunctum:orders:Pool:WaitingPercent", "101"), ("Coniunctum:orders:Mining:Threads", "0"));
        builder.Services.AddConiunctum("orders").AddMining();
        using IHost host = builder.Build();
        Exception? refused = await Assert.CatchAsync(() => host.StartAsync().Soon());
        string[] failures = [.. (refused is AggregateException all ? all.InnerExceptions : [refused!]).Cast<OptionsValidationException>().SelectMany(each => each.Failures)];
        Assert.That(failures, Is.EquivalentTo(new[]
        {
            "Coniunctum:orders:Pool:WaitingPercent is 101; expected 0 to 100.",
            "Coniunctum:orders:Mining:Reward is empty; expected the address that gets the rewards.",
            "Coniunctum:orders:Mining:Threads is 0; expected 1 to 1024.",
        }));
    }

    [Test]
    public async Task Mining_ByTheConfiguration_PaysItsReward()
    {
        ChainProfile cheap = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(16)) };
        const string miner = "5af0c2d7e81b94a63f20c9d81e7b65a4039f8d2c1b6e70a5948d3c2f1e0b7a69";
        HostApplicationBuilder builder = TestHost.Create(("Coniunctum:orders:Mining:Reward", miner), ("Coniunctum:orders:Mining:EmptyBlockInterval", "00:00:00.010"));
        builder.Services.AddConiunctum("orders").UseProfile(_ => cheap).AddMining();
        using IHost host = builder.Build();
        await host.StartAsync().Soon();
        LedgerHost ledger = host.Services.GetRequiredService<LedgerHost>();
        await TestHost.UntilAsync(() => ledger.Balance(Address.Parse(miner)) > 0);
        await host.StopAsync().Soon();
    }

    [Test]
    public async Task Mining_ForWhatIsNoAddress_SaysSo()
    {
        HostApplicationBuilder builder = TestHost.Create(("Coniunctum:orders:Mining:Reward", "me"));
        builder.Services.AddConiunctum("orders").AddMining();
        using IHost host = builder.Build();
        Exception? refused = await Assert.CatchAsync(() => host.StartAsync().Soon());
        Assert.That(refused!.Message, Does.StartWith("Reward is 'me'; expected an address: "));
        await host.StopAsync().Soon();
    }

    [Test]
    public async Task Meters_AreTheHostsOwn()
    {
        HostApplicationBuilder builder = TestHost.Create();
        builder.Services.AddMetrics();
        builder.Services.AddSealed("orders");
        using IHost host = builder.Build();
        var published = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == host.Services.GetRequiredService<IMeterFactory>()) published.Add(instrument.Name);
            },
        };
        listener.Start();
        await host.StartAsync().Soon();
        Assert.That(published, Has.Member("coniunctum.chain.height"));
        await host.StopAsync().Soon();
    }
}
