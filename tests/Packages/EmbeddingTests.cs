using System.Text;
using Coniunctum.Hosting;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coniunctum.Packages.Tests;

/// <summary>docs/EMBEDDING.md: a service that is started, copied, stopped, and started again from its copy.</summary>
[CancelAfter(120_000)]
public sealed class EmbeddingTests
{
    private string _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("coniunctum-embedding-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Service_IsCopiedWhileItRuns_AndGoesOnFromTheCopy()
    {
        Address shop = Address.Parse("5af0c2d7e81b94a63f20c9d81e7b65a4039f8d2c1b6e70a5948d3c2f1e0b7a69");
        string folder = Path.Combine(_folder, "data"), copy = Path.Combine(_folder, "copy");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(copy);
        using (IHost host = Build([], folder))
        {
            await host.StartAsync();
            Orders orders = host.Services.GetRequiredService<Orders>();
            await orders.PayAsync(shop, 5);
            Backup(host.Services.GetRequiredService<SqliteChainStore>(), folder, copy);
            await orders.PayAsync(shop, 7);
            Assert.That(host.Services.GetRequiredService<ILedger>().Balance(shop), Is.EqualTo(12));
            await host.StopAsync();
        }

        using (IHost host = Build([], copy))
        {
            await host.StartAsync();
            Assert.That(host.Services.GetRequiredService<ILedger>().Balance(shop), Is.EqualTo(5), "as it was when it was copied");
            await host.StopAsync();
        }
    }

    [Test]
    public async Task Profile_ThatWasChanged_IsNamed_AndNothingIsOverwritten()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        string path = Path.Combine(_folder, "ledger.db");
        await using (await LedgerBuilder.For(Profiles.Development).UseStore(SqliteChainStore.Open(path)).UseAuthority(key).StartAsync())
        {
        }

        ChainProfile changed = Profiles.Development with { Subsidy = new SubsidySchedule.Constant(51) };
        OtherChainException? refused = await Assert.ThrowsAsync<OtherChainException>(
            () => LedgerBuilder.For(changed).UseStore(SqliteChainStore.Open(path)).UseAuthority(key).StartAsync());
        Assert.That(refused!.Message, Does.Contain("subsidy"));
    }

    // docs/EMBEDDING.md
    internal static IHost Build(string[] args, string folder)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddSingleton(services => KeyFile.OpenOrCreate(
            Path.Combine(folder, "ledger.key"), Encoding.UTF8.GetBytes(builder.Configuration["LedgerPassword"] ?? ""), SystemEntropy.Instance));
        builder.Services.AddSingleton(services => SqliteChainStore.Open(Path.Combine(folder, "ledger.db")));
        builder.Services.AddConiunctum("orders")
            .Configure((services, ledger) => ledger
                .UseStore(services.GetRequiredService<SqliteChainStore>())
                .UseIndex(chain => SqliteChainIndex.Open(Path.Combine(folder, "ledger.index.db"), chain)))
            .AddAuthority(services => services.GetRequiredService<PrivateKey>());
        builder.Services.AddHealthChecks().AddConiunctum("orders", health => health.MaxIndexLag = 100);
        builder.Services.AddSingleton<Orders>();
        return builder.Build();
    }

    // docs/EMBEDDING.md
    internal static void Backup(SqliteChainStore store, string folder, string copy)
    {
        store.Backup(Path.Combine(copy, "ledger.db"));    // while the ledger goes on
        File.Copy(Path.Combine(folder, "ledger.key"), Path.Combine(copy, "ledger.key"));
    }

    // docs/EMBEDDING.md
    public sealed class Orders(ILedger ledger, PrivateKey key)
    {
        public async Task PayAsync(Address shop, ulong price, CancellationToken cancellation = default)
        {
            Transaction payment = Transfer.Sign(key, to: shop, amount: price, ledger.Context);
            try
            {
                await ledger.SubmitAndConfirmAsync(payment, cancellation: cancellation);
            }
            catch (TransactionRejectedException rejected)
            {
                // A rule keeps it out: paying again would not help.
                throw new InvalidOperationException($"The payment is refused: {rejected.Admission.Message}", rejected);
            }
            catch (LedgerHaltedException halted)
            {
                // Whether the payment is in the ledger is known once it is open again: the same transaction may be submitted anew.
                throw new IOException($"The ledger has stopped: {halted.Reason}", halted);
            }
        }
    }

    // docs/EMBEDDING.md
    internal static async Task FollowAsync(ILedger ledger, BlockId? cursor, Action<BlockId> save, CancellationToken cancellation)
    {
        await foreach (LedgerEvent change in ledger.EventsAsync(after: cursor, cancellation))
        {
            // Undo what a disconnected block had done, do what a connected one holds, and keep the cursor with it.
            Console.WriteLine(change is LedgerEvent.Disconnected ? $"undo block {change.Block.Id}" : $"do block {change.Block.Id}");
            save(change.Cursor);
        }
    }
}
