using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Names;

// A ledger of its own, in memory, whose one application is the registry.
ChainProfile profile = Profiles.Development with { Name = "names", Applications = [new NameRegistry()] };
using PrivateKey alice = PrivateKey.Generate(SystemEntropy.Instance);
using PrivateKey bob = PrivateKey.Generate(SystemEntropy.Instance);
Address bobsAddress = profile.Signatures.AddressOf(bob.PublicKey);
await using LedgerHost ledger = await LedgerBuilder.For(profile).UseAuthority(alice).StartAsync();
await ledger.SubmitAndConfirmAsync(Transfer.Sign(alice, to: bobsAddress, amount: 1_000, ledger.Context));

await CallAsync(alice, "alice registers atlas for three blocks", NameRegistry.Register("atlas", blocks: 3));
await CallAsync(bob, "bob registers atlas", NameRegistry.Register("atlas", blocks: 100));
await CallAsync(alice, "alice hands atlas on to bob", NameRegistry.HandOn("atlas", bobsAddress));
await CallAsync(bob, "bob registers borealis", NameRegistry.Register("borealis", blocks: 100));
await CallAsync(bob, "bob registers comet", NameRegistry.Register("comet", blocks: 100));

// Whoever has the block's header, and nothing else of the ledger, can check the few bytes of a proof.
Prove("atlas");
Prove("comet");
await CallAsync(alice, "alice registers atlas", NameRegistry.Register("atlas", blocks: 100));

async Task CallAsync(PrivateKey caller, string what, byte[] data)
{
    Transaction call = Transfer.SignCall(caller, NameRegistry.Number, data, ledger.Context, fee: 1);
    Confirmation confirmation = await ledger.SubmitAndConfirmAsync(call);
    Console.WriteLine($"block {confirmation.Height}: {what}: {(confirmation.Refusal is { } why ? $"refused, {why}" : "done")}");
    Console.WriteLine($"         atlas {Show("atlas")}, borealis {Show("borealis")}, comet {Show("comet")}; bob owns {ledger.Balance(bobsAddress)}");
}

string Show(string name) => Read(ledger.EntryOf(NameRegistry.Number, NameRegistry.KeyOf(name)));

string Read(ReadOnlyMemory<byte> entry) => NameRegistry.Parse(entry) is { } held
    ? $"is {(held.Owner == bobsAddress ? "bob's" : "alice's")} up to block {held.LastHeight}"
    : "is free";

void Prove(string name)
{
    ProofAtTip proven = ledger.ReadView().ProveEntry(NameRegistry.Number, NameRegistry.KeyOf(name));
    Console.WriteLine($"proof:   after block {proven.Block.Header.Height} {name} {Check(proven.Proof.Encode(), proven.Block.Header.StateRoot, name)}");
}

string Check(byte[] proof, Hash256 stateRoot, string name)
{
    if (!StateProof.Decode(proof, profile.Limits, out StateProof? read).IsValid) return "is not proven: no proof";
    ProofOutcome outcome = StateProof.VerifyEntry(read!, stateRoot, NameRegistry.Number, NameRegistry.KeyOf(name), out ReadOnlyMemory<byte> entry);
    return outcome is ProofOutcome.Present or ProofOutcome.Absent ? Read(entry) : "is not proven";
}
