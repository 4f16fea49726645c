using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Names;

// A ledger of its own, in memory, with two registries: one of few lines, and one by Namecoin's rules.
var committed = new CommittedNames(delay: 2, lifetime: 4);
ChainProfile profile = Profiles.Development with { Name = "names", Applications = [new NameRegistry(), committed] };
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

// Who sees a name asked for in the first registry may be faster. In the second one a commitment comes first, which shows nothing.
Address alicesAddress = profile.Signatures.AddressOf(alice.PublicKey);
Hash256 alicesSalt = DrawSalt();
Hash256 bobsSalt = DrawSalt();
await CommittedAsync(alice, "alice commits to a name", CommittedNames.New("delos", alicesSalt, alicesAddress));
await CommittedAsync(alice, "alice registers delos", CommittedNames.FirstUpdate("delos", alicesSalt, "an island"));
await CommittedAsync(alice, "alice registers delos", CommittedNames.FirstUpdate("delos", alicesSalt, "an island"));
await CommittedAsync(bob, "bob registers delos", CommittedNames.FirstUpdate("delos", bobsSalt, "a port"));
await CommittedAsync(bob, "bob commits to delos", CommittedNames.New("delos", bobsSalt, bobsAddress));
await CommittedAsync(alice, "alice updates delos", CommittedNames.Update("delos", alicesAddress, "a sanctuary"));
await CommittedAsync(bob, "bob registers delos", CommittedNames.FirstUpdate("delos", bobsSalt, "a port"));
for (int i = 0; i < 3; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(alice, to: alicesAddress, amount: 1, ledger.Context));
await CommittedAsync(bob, "bob registers delos", CommittedNames.FirstUpdate("delos", bobsSalt, "a port"));

async Task CommittedAsync(PrivateKey caller, string what, byte[] data)
{
    Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.SignCall(caller, CommittedNames.Number, data, ledger.Context, fee: 1));
    string held = committed.Parse(ledger.EntryOf(CommittedNames.Number, CommittedNames.KeyOf("delos")), confirmation.Height) is { } name
        ? $"is {(name.Owner == bobsAddress ? "bob's" : "alice's")} up to block {name.LastHeight}: {name.Value}"
        : "is free";
    Console.WriteLine($"block {confirmation.Height}: {what}: {(confirmation.Refusal is { } why ? $"refused, {why}" : "done")}");
    Console.WriteLine($"         delos {held}");
}

Hash256 DrawSalt()
{
    byte[] salt = new byte[Hash256.Size];
    SystemEntropy.Instance.Fill(salt);
    return new Hash256(salt);
}

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
