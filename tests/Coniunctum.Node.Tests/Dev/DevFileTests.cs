using System.Globalization;
using System.Text.Json;
using Coniunctum.Authority;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Tests.Support;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>Files of development chains, as others open them, and as earlier versions made them.</summary>
internal sealed class DevFileTests
{
    /// <summary>The library alone goes on with the chain, and the program after it.</summary>
    [TestCase("standard")]
    [TestCase("int32coin")]
    public async Task File_OfAChain_IsOpenedFromItsProfileAlone(string name)
    {
        using var folder = new TestFolder();
        string[] args = ["dev", "--data", folder["chain.db"], "--profile", name, "--blocks", "3", "--block-time", "5ms", "--threads", "1", "--json"];
        Invocation made = await Invocation.InFolderAsync(folder.Path, [.. args, "--seed", "7"]);
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        JsonElement[] accounts = [.. Event(made, 0).GetProperty("accounts").EnumerateArray()];
        ulong height = await PayAsync(folder["chain.db"], Event(made, 0).GetProperty("chainId").GetString()!, accounts);

        Invocation again = await Invocation.InFolderAsync(folder.Path, args);

        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(Event(again, 0).GetProperty("height").GetUInt64(), Is.GreaterThanOrEqualTo(height));
        Assert.That(Number(again, "supply"), Is.EqualTo(Number(again, "genesisSupply") + Number(again, "subsidies")));
    }

    private static async Task<ulong> PayAsync(string path, string chainId, JsonElement[] accounts)
    {
        var store = SqliteChainStore.Open(path);
        ProfileOutcome outcome = StoredProfile.Read(store);
        Assert.That(outcome.IsValid, outcome.Message);
        ChainProfile profile = outcome.Profile!;
        Address[] addresses = [.. accounts.Select(account => Address.Parse(account.GetProperty("address").GetString(), profile.AddressPrefix))];
        ulong granted = ulong.Parse(accounts[1].GetProperty("balance").GetString()!, CultureInfo.InvariantCulture);
        Assert.That(PrivateKey.TryCreate(Convert.FromHexString(accounts[1].GetProperty("privateKey").GetString()!), out PrivateKey? key));
        using (key)
        {
            await using LedgerHost ledger = await LedgerBuilder.For(profile).UseStore(store).UseProofOfWork(addresses[0]).StartAsync();
            Assert.That(ledger.ChainId.ToString(), Is.EqualTo(chainId));
            Assert.That((ledger.Balance(addresses[1]), ledger.Balance(addresses[2])), Is.EqualTo((granted, granted)));
            Confirmation confirmed = await ledger.SubmitAndConfirmAsync(Transfer.Sign(key!, addresses[2], 1_000, ledger.Context));
            Assert.That((ledger.Balance(addresses[1]), ledger.Balance(addresses[2])), Is.EqualTo((granted - 1_000, granted + 1_000)));
            return confirmed.Height;
        }
    }

    /// <summary>The vector holds four blocks of a chain whose file kept no profile; its target was measured once.</summary>
    [TestCase("standard")]
    [TestCase("int32coin")]
    public async Task File_OfAnEarlierVersion_GoesOnUnderItsConstantTarget(string name)
    {
        using var folder = new TestFolder();
        string vector = Path.Combine(TestContext.CurrentContext.TestDirectory, "Vectors", "dev", $"{name}.blocks");
        Invocation imported = await Invocation.InFolderAsync(folder.Path, "db", "import", vector, "--data", folder["chain.db"]);
        Assert.That(imported.ExitCode, Is.Zero, imported.Error);
        using (var store = SqliteChainStore.Open(folder["chain.db"])) Assert.That(StoredProfile.Read(store).Fault, Is.EqualTo(ProfileFault.Missing));

        JsonElement[] runs = new JsonElement[2];
        for (int i = 0; i < runs.Length; i++)
        {
            Invocation run = await Invocation.InFolderAsync(folder.Path, "dev", "--data", folder["chain.db"], "--blocks", "2", "--block-time", "5ms", "--seed", "7", "--json");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            runs[i] = Event(run, 0);
        }

        Assert.That(runs.Select(run => run.GetProperty("height").GetUInt64()), Is.EqualTo(new[] { 4UL, 6UL }));
        Assert.That(runs.Select(run => run.GetProperty("keepsPace").GetBoolean()), Has.All.False);
        Assert.That(runs.Select(run => run.GetProperty("target").GetString()).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task File_WhoseProfileNamesAnotherRule_IsRefusedInOneLine()
    {
        using var folder = new TestFolder();
        await Invocation.InFolderAsync(folder.Path, "dev", "--data", folder["chain.db"], "--blocks", "1", "--block-time", "1ms");
        using (var store = SqliteChainStore.Open(folder["chain.db"]))
        {
            ChainProfile other = Profiles.Standard with { Consensus = new SingleAuthority(new Address(Sha3_256.Hash([1]))) };
            store.Commit(new StoreBatch { Records = [StoredProfile.RecordOf(other)] });
        }

        Invocation run = await Invocation.InFolderAsync(folder.Path, "dev", "--data", folder["chain.db"], "--blocks", "1");
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain("the rule authority"));
    }

    /// <summary>A file that a network's node has begun is none to develop in.</summary>
    [Test]
    public async Task File_OfANetworksNode_IsRefusedAndUntouched()
    {
        using var folder = new TestFolder();
        using (var store = SqliteChainStore.Open(folder["ledger.db"])) store.Commit(new StoreBatch { Records = [StoredProfile.RecordOf(Profiles.Standard)] });
        Invocation run = await Invocation.InFolderAsync(folder.Path, "dev", "--data", folder["ledger.db"], "--blocks", "1");
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain("no development chain"));
    }

    private static ulong Number(Invocation run, string name) => ulong.Parse(Event(run, ^1).GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static JsonElement Event(Invocation run, Index index) => JsonDocument.Parse(run.OutputLines[index]).RootElement;
}
