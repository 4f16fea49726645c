using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;
using Coniunctum.Storage.Sqlite.Verification;
using Names;

namespace Coniunctum.Storage.Sqlite.Tests;

/// <summary>A ledger whose blocks hold calls, in a file with an index beside it.</summary>
public sealed class ApplicationLedgerTests
{
    private static readonly ChainProfile s_profile = Profiles.Development with { Applications = [new NameRegistry()] };

    [Test]
    public async Task Index_DeletedBetweenRuns_IsRebuiltFromBlocksWithCalls()
    {
        using var folder = new TestFolder();
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = s_profile.Signatures.AddressOf(key.PublicKey);
        List<Confirmation> calls = [];
        HistoryPage history;
        await using (LedgerHost first = await StartAsync(folder, key))
        {
            foreach (string name in new[] { "atlas", "atlas", "borealis" })
            {
                Transaction call = Transfer.SignCall(key, NameRegistry.Number, NameRegistry.Register(name, 50), first.Context, fee: 1);
                calls.Add(await first.SubmitAndConfirmAsync(call));
            }

            await CaughtUpAsync(first);
            history = first.Index!.ReadHistory(owner, 10);
        }

        Assert.That(calls.Select(call => call.Refusal), Is.EqualTo(new[] { null, "the name is taken", null }));
        File.Delete(SqliteChainIndex.PathFor(folder.Ledger));
        await using (LedgerHost second = await StartAsync(folder, key))
        {
            await CaughtUpAsync(second);
            foreach (Confirmation call in calls)
            {
                IndexedTransaction? found = second.Index!.Find(call.Transaction);
                Assert.That((found?.Block, found?.Height, found?.Sender), Is.EqualTo((call.Block, call.Height, owner)));
            }

            Assert.That(second.Index!.ReadHistory(owner, 10).Transactions, Is.EqualTo(history.Transactions));
            Assert.That(second.Chain.FailedCallsOf(calls[1].Block), Is.EqualTo(new[] { new FailedCall(1, "the name is taken") }));
            Assert.That(NameRegistry.Parse(second.EntryOf(NameRegistry.Number, NameRegistry.KeyOf("borealis")))?.Owner, Is.EqualTo(owner));
        }

        Assert.That(StoreVerification.Run(folder.Ledger).IsValid, Is.True);
    }

    private static async Task CaughtUpAsync(LedgerHost ledger)
    {
        using var net = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (ledger.Index!.Tip?.Id != ledger.Tip.Id) await Task.Delay(TimeSpan.FromMilliseconds(2), net.Token);
    }

    private static Task<LedgerHost> StartAsync(TestFolder folder, PrivateKey key) => LedgerBuilder
        .For(s_profile)
        .UseStore(SqliteChainStore.Open(folder.Ledger))
        .UseIndex(chain => SqliteChainIndex.Open(SqliteChainIndex.PathFor(folder.Ledger), chain))
        .UseAuthority(key)
        .StartAsync();
}
