using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Packages.Tests;

/// <summary>A ledger on disk, from the packages: closed, and opened again.</summary>
public sealed class DurableLedgerTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task Ledger_ClosedAndOpenedAgain_HasItsBalances(CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("coniunctum-package-").FullName;
        try
        {
            using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
            using PrivateKey other = PrivateKey.Generate(SystemEntropy.Instance);
            Address friend = Profiles.Development.Signatures.AddressOf(other.PublicKey);
            await using (LedgerHost ledger = await StartAsync(folder, key, cancellation))
            {
                await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, friend, 5, ledger.Context), cancellation: cancellation);
            }

            await using (LedgerHost again = await StartAsync(folder, key, cancellation))
            {
                Assert.That(again.Balance(friend), Is.EqualTo(5));
                Assert.That(() => SqliteChainStore.Open(Path.Combine(folder, "save.db")), Throws.InstanceOf<LedgerFileException>());
            }

            Assert.That(Directory.GetFiles(folder).Select(path => Path.GetFileName(path)), Is.EqualTo(new[] { "save.db" }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<LedgerHost> StartAsync(string folder, PrivateKey key, CancellationToken cancellation) => LedgerBuilder
        .For(Profiles.Development)
        .UseStore(SqliteChainStore.Open(Path.Combine(folder, "save.db")))
        .UseAuthority(key)
        .StartAsync(cancellation);
}
