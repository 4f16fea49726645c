using System.Text.Json;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Output;

/// <summary>One JSON object a line for each event. Integers are JSON numbers, in full; hashes and keys are hexadecimal.</summary>
internal sealed class JsonReporter(TextWriter output) : IDevReporter
{
    public void Started(DevStart start)
    {
        Write("started", json =>
        {
            json.WriteString("profile", start.Profile.Name);
            json.WriteString("chainId", start.ChainId.ToString());
            json.WriteString("data", start.Options.Data);
            json.WriteNumber("height", start.Height);
            json.WriteNumber("seed", start.Settings.Seed);
            json.WriteString("target", start.Calibration.Target.ToString());
            json.WriteNumber("expectedHashes", start.Calibration.ExpectedHashes);
            json.WriteNumber("hashesPerSecond", (long)start.Calibration.HashesPerSecond);
            json.WriteNumber("expectedBlockTimeMs", (long)start.Calibration.ExpectedBlockTime.TotalMilliseconds);
            json.WriteNumber("threads", start.Options.Threads);
            json.WriteString("rewardTo", start.RewardTo.ToText(start.Profile.AddressPrefix));
            json.WriteString("warning", PlainReporter.KeyWarning);
            json.WriteStartArray("accounts");
            foreach (DevAccount account in start.Accounts)
            {
                json.WriteStartObject();
                json.WriteString("address", account.Address.ToText(start.Profile.AddressPrefix));
                json.WriteString("privateKey", account.RevealKey());
                json.WriteNumber("balance", start.Settings.Grant);
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

    public void Judged(in DevView view, Judgement judgement)
    {
        if (judgement.IsAccepted && judgement.IsAsIntended) return;
        Write(judgement.IsAccepted ? "accepted" : "rejected", json =>
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
        WriteNumber(json, "genesisSupply", summary.GenesisSupply);
        WriteNumber(json, "subsidies", summary.Subsidies);
        WriteNumber(json, "supply", summary.Supply);
        json.WriteNumber("accepted", summary.Accepted);
        json.WriteNumber("confirmed", summary.Confirmed);
        WriteCounts(json, "rejected", summary.Rejected);
        WriteCounts(json, "rejectedBlocks", summary.RejectedBlocks);
        json.WriteNumber("mismatched", summary.Mismatched);
        json.WriteNumber("hashes", summary.Hashes);
        json.WriteNumber("seconds", Math.Round(summary.Elapsed.TotalSeconds, 3));
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void WriteNumber(Utf8JsonWriter json, string name, UInt128 value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value.ToString());
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
