using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Data;
using Coniunctum.Node.Tests.Support;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>Development chains that begin with what the accounts of another chain own.</summary>
[TestFixture, NonParallelizable]
internal sealed class DevFromTests
{
    private const ulong Grant = 100_000_000_000;

    private readonly TestFolder _folder = new();
    private JsonElement _other;

    private string State => _folder["state.bin"];

    [OneTimeSetUp]
    public async Task MakeStateAsync()
    {
        _other = Events(await RunAsync("dev", "--data", _folder["other.db"], "--seed", "1", "--blocks", "4", "--block-time", "5ms", "--traffic", "50", "--json"))[0];
        Assert.That((await RunAsync("db", "export", State, "--state", "--data", _folder["other.db"])).ExitCode, Is.Zero);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Chain_OfAState_HasItsAccountsBesideItsOwn_AndGoesOn()
    {
        JsonElement[] events = Events(await RunAsync("dev", "--from", State, "--data", _folder["new.db"], "--seed", "2", "--blocks", "2", "--block-time", "5ms", "--json"));
        JsonElement from = events[0].GetProperty("from");
        Assert.That(Text(events[0], "chainId"), Is.Not.EqualTo(Text(_other, "chainId")));
        Assert.That((Text(from, "chainId"), from.GetProperty("height").GetUInt64()), Is.EqualTo((Text(_other, "chainId"), 4UL)));
        Assert.That(from.GetProperty("accounts").GetInt32(), Is.GreaterThanOrEqualTo(10));

        JsonElement[] again = Events(await RunAsync("dev", "--data", _folder["new.db"], "--blocks", "1", "--json"));
        Assert.That((Text(again[0], "chainId"), again[0].GetProperty("height").GetUInt64()), Is.EqualTo((Text(events[0], "chainId"), 2UL)));
        await using LedgerHost other = await OpenAsync("other.db"), chain = await OpenAsync("new.db");
        foreach (Address address in AddressesOf(_other)) Assert.That(chain.Balance(address), Is.EqualTo(other.Balance(address)));
        Assert.That(AddressesOf(events[0]).Skip(1).Select(chain.Balance), Is.All.EqualTo(Grant));
        Assert.That((UInt128)chain.ReadView().Status.Supply, Is.EqualTo(other.ReadView().Status.Supply + (10 * Grant) + chain.Profile.Subsidy.SumThrough(3)));
        Assert.That(ulong.Parse(Text(from, "supply"), CultureInfo.InvariantCulture), Is.EqualTo(other.ReadView().Status.Supply));
    }

    /// <summary>The keys of the other chain's accounts pay on the new one, and what was signed for one chain is nothing on the other.</summary>
    [Test]
    public async Task Chain_OfAState_TakesPaymentsOfItsAccounts_AndNoneThatWereMadeForTheOther()
    {
        Events(await RunAsync("dev", "--from", State, "--data", _folder["paying.db"], "--blocks", "1", "--block-time", "5ms", "--json"));
        var receiver = new Address(Sha3_256.Hash("friend"u8));
        Assert.That(PrivateKey.TryCreate(Convert.FromHexString(Text(_other.GetProperty("accounts")[1], "privateKey")), out PrivateKey? key));
        using (key)
        {
            Transaction foreign;
            await using (LedgerHost other = await OpenAsync("other.db")) foreign = Transfer.Sign(key!, receiver, 5_000, other.Context);
            var store = SqliteChainStore.Open(_folder["paying.db"]);
            await using LedgerHost ledger = await LedgerBuilder.For(StoredProfile.Read(store).Profile!).UseStore(store).UseProofOfWork(receiver).StartAsync();
            Admission refused = await ledger.SubmitAsync(foreign);
            Assert.That((refused.IsValid, refused.RuleName), Is.EqualTo((false, "SignatureInvalid")).Or.EqualTo((false, "BalanceInsufficient")));
            ulong before = ledger.Balance(AddressesOf(_other)[1]);
            await ledger.SubmitAndConfirmAsync(Transfer.Sign(key!, receiver, 7_000, ledger.Context));
            Assert.That(ledger.Balance(AddressesOf(_other)[1]), Is.EqualTo(before - 7_000));
        }
    }

    [Test]
    public async Task Accounts_OfTheSameSeed_HaveTheirGrantsOnTop_AndTheChainIsTheSameEachTime()
    {
        string[] args = ["dev", "--from", State, "--seed", "1", "--blocks", "1", "--block-time", "5ms", "--json"];
        JsonElement first = Events(await RunAsync(args))[0], second = Events(await RunAsync(args))[0];
        Assert.That(Text(second, "chainId"), Is.EqualTo(Text(first, "chainId")));
        Assert.That(first.GetProperty("data").ValueKind, Is.EqualTo(JsonValueKind.Null));
        await using LedgerHost other = await OpenAsync("other.db");
        ulong[] balances = [.. first.GetProperty("accounts").EnumerateArray().Select(account => ulong.Parse(Text(account, "balance"), CultureInfo.InvariantCulture))];
        Assert.That(balances, Is.EqualTo(AddressesOf(_other).Select(address => Grant + other.Balance(address))));
    }

    [Test]
    public async Task Chain_OfANetworksState_IsBegun_WhateverItsRule()
    {
        await using (BackgroundRun node = BackgroundRun.Start(_folder.Path, "node", "--new", "club", "--rule", "authority", "--grant", "123456", "--listen", "127.0.0.1:0", "--data", _folder["club"]))
            await node.NextAsync("started");
        Assert.That((await RunAsync("db", "export", _folder["club.bin"], "--state", "--data", Path.Combine(_folder["club"], "ledger.db"))).ExitCode, Is.Zero);
        Invocation run = await RunAsync("dev", "--from", _folder["club.bin"], "--ephemeral", "--blocks", "1", "--block-time", "5ms");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(string.Join(' ', run.Output.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)), Does.Contain("with 123456 base units of 1 account of club, chain ").And.Contain("as they were at height 0"));
    }

    [Test]
    public async Task Chain_OfAStateThatHeadersDoNotProve_IsBegun_WhileThereIsRoomForTheGrants()
    {
        Events(await RunAsync("dev", "--profile", "int32coin", "--data", _folder["coin.db"], "--blocks", "2", "--block-time", "2ms", "--json"));
        await RunAsync("db", "export", _folder["coin.bin"], "--state", "--data", _folder["coin.db"]);
        JsonElement[] events = Events(await RunAsync("dev", "--from", _folder["coin.bin"], "--data", _folder["coin2.db"], "--blocks", "1", "--block-time", "2ms", "--json"));
        Assert.That((Text(events[0], "profile"), Text(events[^1], "supply")), Is.EqualTo(("int32coin", "2000000150")));
        await RunAsync("db", "export", _folder["coin2.bin"], "--state", "--data", _folder["coin2.db"]);
        await RefusesAsync("the 2000000150 base units there and 1000000000 in grants are more than 2147483647, the largest amount; expected a smaller --grant.", "--from", _folder["coin2.bin"]);
        Assert.That((await RunAsync("dev", "--from", _folder["coin2.bin"], "--grant", "100000", "--blocks", "1", "--block-time", "2ms")).ExitCode, Is.Zero);
    }

    /// <summary>As many as the chain's files have room for: it can be exported and taken in again.</summary>
    [Test]
    public async Task Accounts_UpToTheMost_AreTakenOver_AndNoMore()
    {
        await WriteStateAsync(_folder["most.bin"], 700);
        await WriteStateAsync(_folder["more.bin"], 701);
        await RefusesAsync("701 accounts own something there, and a genesis takes over 700 at most", "--from", _folder["more.bin"]);
        Assert.That((await RunAsync("dev", "--from", _folder["most.bin"], "--data", _folder["most.db"], "--blocks", "1", "--block-time", "5ms")).ExitCode, Is.Zero);
        Assert.That((await RunAsync("db", "export", _folder["most.blocks"], "--data", _folder["most.db"])).ExitCode, Is.Zero);
        Invocation imported = await RunAsync("db", "import", _folder["most.blocks"], "--data", _folder["most2.db"]);
        Assert.That(imported.ExitCode, Is.Zero, imported.Error);
        Assert.That((await RunAsync("db", "verify", "--data", _folder["most2.db"])).ExitCode, Is.Zero);
    }

    [Test]
    public async Task State_ThatIsNone_IsRefusedInOneLine_AndNothingIsMade()
    {
        await RunAsync("db", "export", _folder["blocks.bin"], "--data", _folder["other.db"]);
        byte[] bytes = await File.ReadAllBytesAsync(State);
        bytes[^200] ^= 1;
        await File.WriteAllBytesAsync(_folder["damaged.bin"], bytes);
        await File.WriteAllBytesAsync(_folder["cut.bin"], bytes[..(bytes.Length / 2)]);
        await RefusesAsync("There is no file", "--from", _folder["nowhere.bin"], "--data", _folder["none.db"]);
        await RefusesAsync("This is no file of a state", "--from", _folder["blocks.bin"], "--data", _folder["none.db"]);
        await RefusesAsync("damaged at byte", "--from", _folder["damaged.bin"], "--data", _folder["none.db"]);
        await RefusesAsync("is cut off behind byte", "--from", _folder["cut.bin"], "--data", _folder["none.db"]);
        await RefusesAsync("is a folder", "--from", _folder.Path, "--data", _folder["none.db"]);
        Assert.That(File.Exists(_folder["none.db"]), Is.False);
        await RefusesAsync("holds a chain already, and a state begins a new one", "--from", State, "--data", _folder["other.db"]);
    }

    private async Task RefusesAsync(string expected, params string[] args)
    {
        Invocation run = await RunAsync(["dev", "--blocks", "1", .. args]);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain(expected));
    }

    private static async Task WriteStateAsync(string path, int accounts)
    {
        ImmutableArray<GenesisSpec.Allocation> owners = [.. Enumerable.Range(1, accounts).Select(number => new GenesisSpec.Allocation(new Address(Sha3_256.Hash(BitConverter.GetBytes(number))), 1_000_000_000_000 + (ulong)number))];
        ChainProfile profile = Profiles.Standard with { Name = "crowd", Genesis = Profiles.Standard.Genesis with { Allocations = owners } };
        var store = new MemoryChainStore();
        store.Commit(new StoreBatch { Records = [StoredProfile.RecordOf(profile)] });
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseStore(store).FollowOthers().StartAsync();
        await using FileStream file = File.Create(path);
        await LedgerBuilder.For(profile).UseStore(store).ExportStateAsync(file, 0, ChainNote.Of(store));
    }

    private async Task<LedgerHost> OpenAsync(string name)
    {
        var store = SqliteChainStore.Open(_folder[name]);
        return await LedgerBuilder.For(StoredProfile.Read(store).Profile!).UseStore(store).FollowOthers().StartAsync();
    }

    private static Address[] AddressesOf(JsonElement started) => [.. started.GetProperty("accounts").EnumerateArray().Select(account => Address.Parse(Text(account, "address"), "dev"))];

    private Task<Invocation> RunAsync(params string[] args) => Invocation.InFolderAsync(_folder.Path, args);

    private static JsonElement[] Events(Invocation run)
    {
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return [.. run.OutputLines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
