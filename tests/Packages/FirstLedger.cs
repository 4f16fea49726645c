using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
using PrivateKey other = PrivateKey.Generate(SystemEntropy.Instance);
Address friend = Profiles.Development.Signatures.AddressOf(other.PublicKey);

await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).StartAsync();
Transaction transfer = Transfer.Sign(key, to: friend, amount: 5, ledger.Context);
await ledger.SubmitAndConfirmAsync(transfer);
Console.WriteLine(ledger.Balance(friend)); // 5
