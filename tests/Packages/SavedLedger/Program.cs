using System.Text;
using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;

byte[] password = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("SAVE_PASSWORD") ?? "");
using PrivateKey key = KeyFile.OpenOrCreate("save.key", password, SystemEntropy.Instance);
Address friend = Address.Parse("5af0c2d7e81b94a63f20c9d81e7b65a4039f8d2c1b6e70a5948d3c2f1e0b7a69");

await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
    .UseStore(SqliteChainStore.Open("save.db"))
    .UseAuthority(key)
    .StartAsync();
await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: friend, amount: 5, ledger.Context));
Console.WriteLine(ledger.Balance(friend)); // 5, then 10, then 15
