using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Names;

// A ledger of its own, in memory, whose one application is the registry.
ChainProfile profile = Profiles.Development with { Name = "names", Applications = [new NameRegistry()] };
using PrivateKey alice = PrivateKey.Generate(SystemEntropy.Instance);
using PrivateKey bob = PrivateKey.Generate(SystemEntropy.Instance);
Address bobsAddress = profile.Signatures.AddressOf(bob.PublicKey);
await using LedgerHost ledger = await LedgerBuilder.For(profile).UseAuthority(alice).StartAsync();
await ledger.SubmitAndConfirmAsync(Transfer.Sign(alice, to: bobsAddress, amount: 1_000, ledger.Context));

await CallAsync(alice, "alice registers atlas for four blocks", NameRegistry.Register("atlas", blocks: 4));
await CallAsync(bob, "bob registers it too, and is refused", NameRegistry.Register("atlas", blocks: 100));
await CallAsync(alice, "alice hands it on to bob", NameRegistry.HandOn("atlas", bobsAddress));
await CallAsync(bob, "bob registers borealis", NameRegistry.Register("borealis", blocks: 100));
await CallAsync(bob, "bob registers comet; atlas ends", NameRegistry.Register("comet", blocks: 100));
await CallAsync(alice, "alice registers atlas again", NameRegistry.Register("atlas", blocks: 100));

async Task CallAsync(PrivateKey caller, string what, byte[] data)
{
    Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.SignCall(caller, NameRegistry.Number, data, ledger.Context, fee: 1));
    Console.WriteLine($"block {confirmation.Height}: {what}");
    Console.WriteLine($"         atlas {OwnerOf("atlas")}, borealis {OwnerOf("borealis")}, comet {OwnerOf("comet")}; bob owns {ledger.Balance(bobsAddress)}");
}

string OwnerOf(string name) => NameRegistry.Parse(ledger.EntryOf(NameRegistry.Number, NameRegistry.KeyOf(name))) is { } held
    ? $"is {(held.Owner == bobsAddress ? "bob's" : "alice's")} up to {held.LastHeight}"
    : "is free";
