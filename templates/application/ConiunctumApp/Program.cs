using System.Text;
using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;
using ConiunctumApp;

// ConiunctumApp LINE: writes a line into the guest book. The ledger and its key are kept beside the program, so that the next run goes on.
string line = args.Length > 0 ? string.Join(' ', args) : "I was here.";
byte[] password = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("GUESTBOOK_PASSWORD") ?? "");
using PrivateKey key = KeyFile.OpenOrCreate("guestbook.key", password, SystemEntropy.Instance);
ChainProfile profile = Profiles.Development with { Name = "ConiunctumApp", Applications = [new GuestBook()] };
Address own = profile.Signatures.AddressOf(key.PublicKey);

await using LedgerHost ledger = await LedgerBuilder.For(profile)
    .UseStore(SqliteChainStore.Open("guestbook.db"))
    .UseAuthority(key)
    .StartAsync();
Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.SignCall(key, GuestBook.Number, GuestBook.Write(line), ledger.Context));
Console.WriteLine(confirmation.Refusal is { } why ? $"Refused: {why}." : $"Written in block {confirmation.Height}.");
Console.WriteLine($"The book says: {GuestBook.Read(ledger.EntryOf(GuestBook.Number, GuestBook.KeyOf(own)))}");

// Whoever has the block's header, and nothing else of the ledger, can check that the line is there.
ProofAtTip proven = ledger.ReadView().ProveEntry(GuestBook.Number, GuestBook.KeyOf(own));
ProofOutcome outcome = StateProof.VerifyEntry(proven.Proof, proven.Block.Header.StateRoot, GuestBook.Number, GuestBook.KeyOf(own), out _);
Console.WriteLine($"A proof of {proven.Proof.Encode().Length} bytes says: {outcome}.");
