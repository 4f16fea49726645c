using System.Globalization;
using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Output;

/// <summary>One JSON object a line for each event. Hashes and keys are hexadecimal. Amounts, seeds and counts of
/// hashes are decimal text, since many readers of JSON round numbers beyond 2⁵³; heights and other counts stay below it.</summary>
internal sealed class JsonReporter(TextWriter output) : IDevReporter
{
    public void Started(DevStart start)
    {
        Write("started", json =>
        {
            json.WriteString("profile", start.Profile.Name);
            json.WriteStartObject("differs");
            foreach (RuleDifference rule in start.Differences)
            {
                json.WriteStartObject(rule.Name);
                json.WriteString("own", rule.Own);
                json.WriteString("profile", rule.Public);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteString("chainId", start.ChainId.ToString());
            json.WriteString("data", start.Options.Data);
            if (start.From is { } from) WriteOrigin(json, from);
            else json.WriteNull("from");
            json.WriteNumber("height", start.Height);
            json.WriteExact("seed", start.Settings.Seed);
            json.WriteNumber("blockTimeMs", (long)start.Settings.BlockTime.TotalMilliseconds);
            json.WriteBoolean("keepsPace", start.KeepsPace);
            json.WriteString("target", start.Target.ToString());
            json.WriteString("expectedHashes", start.ExpectedHashes.ToString(CultureInfo.InvariantCulture));
            json.WriteNumber("hashesPerSecond", (long)start.HashesPerSecond);
            json.WriteNumber("expectedBlockTimeMs", (long)start.ExpectedBlockTime.TotalMilliseconds);
            json.WriteNumber("threads", start.Options.Threads);
            json.WriteString("rewardTo", start.RewardTo.ToText(start.Profile.AddressPrefix));
            json.WriteString("http", start.Http);
            json.WriteString("cookie", start.Cookie);
            json.WriteString("warning", PlainReporter.KeyWarning);
            json.WriteStartArray("accounts");
            foreach (DevAccount account in start.Accounts)
            {
                json.WriteStartObject();
                json.WriteString("address", account.Address.ToText(start.Profile.AddressPrefix));
                json.WriteString("privateKey", account.RevealKey());
                json.WriteExact("balance", start.Settings.Grant + OwnedBy(account.Address, start.From));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        if (start.Coverage is not { } coverage) return;
        Write("traffic", json =>
        {
            json.WriteNumber("rate", start.Options.Traffic);
            WriteRules(json, "breaksByTransfer", coverage.ByTransfers);
            WriteRules(json, "breaksByBlock", coverage.ByBlocks);
            WriteRules(json, "cannotBreak", coverage.Unbreakable.Keys);
            json.WriteStartObject("because");
            foreach ((BlockRule rule, string reason) in coverage.Unbreakable) json.WriteString(rule.ToString(), reason);
            json.WriteEndObject();
        });
    }

    public void Block(in DevView view, HashedBlock block)
    {
        int pool = view.PoolCount;
        Write("block", json =>
        {
            json.WriteNumber("height", block.Header.Height);
            json.WriteString("id", block.Id.ToString());
            json.WriteNumber("transactions", block.Transactions.Count);
            json.WriteNumber("pool", pool);
        });
    }

    public void Undone(in DevView view, HashedBlock block) => Write("disconnected", json =>
    {
        json.WriteNumber("height", block.Header.Height);
        json.WriteString("id", block.Id.ToString());
    });

    public void Judged(in DevView view, Judgement judgement)
    {
        if (judgement.IsValid && judgement.IsAsIntended) return;
        Write(judgement.IsValid ? "accepted" : "rejected", json =>
        {
            json.WriteString("subject", judgement.IsBlock ? "block" : "transfer");
            json.WriteString("what", judgement.What);
            json.WriteString("intended", judgement.Intended.ToString());
            json.WriteString("rule", judgement.RuleName);
            json.WriteString("expected", judgement.Verdict.Expected.ToString());
            json.WriteString("found", judgement.Verdict.Found.ToString());
            json.WriteBoolean("mismatch", !judgement.IsAsIntended);
        });
    }

    public void Tick(in DevView view)
    {
        // Events say it all.
    }

    public void Summary(DevSummary summary) => Write("summary", json =>
    {
        json.WriteString("profile", summary.Profile);
        json.WriteNumber("startHeight", summary.StartHeight);
        json.WriteNumber("height", summary.Height);
        json.WriteString("tip", summary.Tip.ToString());
        json.WriteExact("genesisSupply", summary.GenesisSupply);
        json.WriteExact("subsidies", summary.Subsidies);
        json.WriteExact("supply", summary.Supply);
        json.WriteNumber("accepted", summary.Accepted);
        json.WriteNumber("confirmed", summary.Confirmed);
        WriteCounts(json, "rejected", summary.Rejected);
        WriteCounts(json, "rejectedBlocks", summary.RejectedBlocks);
        json.WriteNumber("mismatched", summary.Mismatched);
        json.WriteExact("hashes", (UInt128)summary.Hashes);
        json.WriteNumber("seconds", Math.Round(summary.Elapsed.TotalSeconds, 3));
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ulong OwnedBy(Address address, ForeignState? from) => from?.Accounts.FirstOrDefault(account => account.Receiver == address).Amount ?? 0;

    private static void WriteOrigin(Utf8JsonWriter json, ForeignState from)
    {
        json.WriteStartObject("from");
        json.WriteString("network", from.Network);
        json.WriteString("chainId", from.Chain.ToString());
        json.WriteNumber("height", from.Tip.Height);
        json.WriteString("tip", from.Tip.Id.ToString());
        json.WriteNumber("accounts", from.Accounts.Length);
        json.WriteExact("supply", from.Supply);
        json.WriteEndObject();
    }

    private static void WriteRules(Utf8JsonWriter json, string name, IEnumerable<BlockRule> rules)
    {
        json.WriteStartArray(name);
        foreach (BlockRule rule in rules) json.WriteStringValue(rule.ToString());
        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach ((string rule, long count) in counts) json.WriteNumber(rule, count);
        json.WriteEndObject();
    }

    private void Write(string name, Action<Utf8JsonWriter> fields) => output.WriteLine(JsonText.Line(json =>
    {
        json.WriteString("event", name);
        fields(json);
    }));
}
