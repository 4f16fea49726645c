using Coniunctum.Crypto;
using Coniunctum.Crypto.NBitcoin;
using Coniunctum.Ledger;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Packages.Tests;

/// <summary>README's first ledger with the signatures of NBitcoin.Secp256k1, from the packages.</summary>
public sealed class NBitcoinLedgerTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task FirstLedger_OnNBitcoinsSignatures_IsTheSameLedger(CancellationToken cancellation)
    {
        ChainProfile profile = Profiles.Development with { Signatures = new NBitcoinSecp256k1Scheme<Sha3_256>() };
        string folder = Directory.CreateTempSubdirectory("coniunctum-package-").FullName;
        try
        {
            using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
            using PrivateKey other = PrivateKey.Generate(SystemEntropy.Instance);
            Address friend = profile.Signatures.AddressOf(other.PublicKey);
            await using (LedgerHost ledger = await StartAsync(profile, folder, key, cancellation))
            {
                await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: friend, amount: 5, ledger.Context), cancellation: cancellation);
                Assert.That(ledger.Balance(friend), Is.EqualTo(5));
            }

            // The library's own signatures go on with it: the chain is the same.
            await using LedgerHost again = await StartAsync(Profiles.Development, folder, key, cancellation);
            Assert.That(again.Balance(friend), Is.EqualTo(5));
            await again.SubmitAndConfirmAsync(Transfer.Sign(key, to: friend, amount: 2, again.Context), cancellation: cancellation);
            Assert.That(again.Balance(friend), Is.EqualTo(7));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<LedgerHost> StartAsync(ChainProfile profile, string folder, PrivateKey key, CancellationToken cancellation) => LedgerBuilder
        .For(profile)
        .UseStore(SqliteChainStore.Open(Path.Combine(folder, "save.db")))
        .UseAuthority(key)
        .StartAsync(cancellation);
}
