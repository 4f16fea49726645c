using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Coniunctum.Hosting.Tests;

public sealed class LedgerHealthCheckTests
{
    [Test]
    public async Task Check_FollowsTheLedgersLife()
    {
        HostApplicationBuilder builder = TestHost.Create();
        var store = new BreakableStore();
        builder.Services.AddSealed("orders").Configure((_, ledger) => ledger.UseStore(store));
        builder.Services.AddHealthChecks().AddConiunctum("orders");
        using IHost host = builder.Build();
        HealthReportEntry before = await LookAsync(host);
        Assert.That((before.Status, before.Description), Is.EqualTo((HealthStatus.Unhealthy, "The ledger does not run: StartAsync starts it, and is to be awaited.")));

        await host.StartAsync().Soon();
        HealthReportEntry running = await LookAsync(host);
        Assert.That((running.Status, running.Description), Is.EqualTo((HealthStatus.Healthy, "height 0")));
        Assert.That(running.Data["height"], Is.Zero);

        store.IsBroken = true;
        LedgerHost ledger = host.Services.GetRequiredService<LedgerHost>();
        PrivateKey key = host.Services.GetRequiredService<PrivateKey>();
        await Assert.ThrowsAsync<LedgerHaltedException>(
            () => ledger.SubmitAndConfirmAsync(Transfer.Sign(key, ledger.Profile.Signatures.AddressOf(key.PublicKey), 1, ledger.Context)).Soon());
        HealthReportEntry halted = await LookAsync(host);
        Assert.That((halted.Status, halted.Description), Is.EqualTo((HealthStatus.Unhealthy, "The ledger has halted: the disk is gone")));
        await host.StopAsync().Soon();
    }

    [Test]
    public async Task Check_OfWhatIsAskedForAndLacking_IsDegraded()
    {
        HostApplicationBuilder builder = TestHost.Create();
        var time = new ShiftedTime();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSealed("orders");
        builder.Services.AddHealthChecks().AddConiunctum("orders", options =>
        {
            options.MaxTipAge = TimeSpan.FromHours(1);
            options.MinPeers = 1;
            options.MustBeSynchronized = true;
            options.MaxIndexLag = 3;
        });
        using IHost host = builder.Build();
        await host.StartAsync().Soon();
        LedgerHost ledger = host.Services.GetRequiredService<LedgerHost>();
        PrivateKey key = host.Services.GetRequiredService<PrivateKey>();
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, ledger.Profile.Signatures.AddressOf(key.PublicKey), 1, ledger.Context)).Soon();
        const string others = "It is connected with 0 nodes; at least 1 are expected. It does not have all that its peers have claimed. It has no index.";
        HealthReportEntry fresh = await LookAsync(host);
        Assert.That((fresh.Status, fresh.Description), Is.EqualTo((HealthStatus.Degraded, others)));

        time.Shift = TimeSpan.FromHours(2);
        HealthReportEntry old = await LookAsync(host);
        Assert.That(old.Description, Does.Match(@"^The last block is 02:00:0.* old; at most 01:00:00 is expected\. It is connected"));
        await host.StopAsync().Soon();
    }

    private static async Task<HealthReportEntry> LookAsync(IHost host)
    {
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().Soon();
        return report.Entries["orders"];
    }

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }

    private sealed class BreakableStore() : PassingStore(new MemoryChainStore())
    {
        public volatile bool IsBroken;

        public override void Commit(params ReadOnlySpan<StoreBatch> batches)
        {
            if (IsBroken) throw new IOException("the disk is gone");
            base.Commit(batches);
        }
    }
}
