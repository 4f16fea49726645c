using Coniunctum.Authority;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;

namespace Coniunctum.Packages.Tests;

/// <summary>docs/CLIQUE.md: what a signer of geth's becomes.</summary>
[CancelAfter(60_000)]
public sealed class CliqueSnippets
{
    [Test]
    public async Task Signer_OfOnesOwn_SealsAndVotes()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        using PrivateKey another = PrivateKey.Generate(SystemEntropy.Instance);
        Address own = Profiles.Standard.Signatures.AddressOf(key.PublicKey), newcomer = Profiles.Standard.Signatures.AddressOf(another.PublicKey);
        await using LedgerHost ledger = await StartAsync("", [own], own, key, newcomer);
        await foreach (LedgerEvent change in ledger.EventsAsync())
        {
            if (change.Block.Header.Height == 1) break;
        }

        // Its own vote is a majority: from here on it takes two to go on.
        Assert.That(ledger.ReadView().Status.Production.Awaited, Is.EqualTo(new[] { newcomer }).Or.Empty);
        Assert.That(ledger.Halted, Is.Null);
    }

    // docs/CLIQUE.md
    internal static async Task<LedgerHost> StartAsync(string store, Address[] signers, Address holder, PrivateKey key, Address newcomer)
    {
        var rule = new ProofOfAuthority(signers, spacing: TimeSpan.FromMilliseconds(200), epoch: 30_000);
        ChainProfile profile = Profiles.Standard with
        {
            Name = "consortium",
            AddressPrefix = "con",
            Subsidy = new SubsidySchedule.Constant(0),
            BlockInterval = rule.Spacing,
            TagWindow = 432_000,
            Genesis = Profiles.Standard.Genesis with { Allocations = [new(holder, 1_000_000)] },
        };
        LedgerBuilder builder = LedgerBuilder.For(profile).Use(rule, profile =>
        {
            var producer = new ProofOfAuthorityProducer(rule, key, profile.Signatures);
            producer.Propose(newcomer, isSigner: true);    // clique.propose(newcomer, true)
            return producer;
        });
        if (store.Length > 0) builder.UseStore(SqliteChainStore.Open(store));
        return await builder.UseNetwork(new NetworkOptions { Listen = { "127.0.0.1:0" } }).StartAsync();
    }

    // docs/CLIQUE.md
    internal static PrivateKey OpenGethKey(string path, byte[] password)
    {
        KeyFileOutcome outcome = KeyFile.Load(path, out KeyFile? file);
        if (!outcome.IsValid) throw new InvalidDataException(outcome.Message);
        outcome = file!.Decrypt(password, out PrivateKey? key);
        return outcome.IsValid ? key! : throw new InvalidDataException(outcome.Message);
    }
}
