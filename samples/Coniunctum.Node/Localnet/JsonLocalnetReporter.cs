using System.Text.Json;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Localnet;

/// <summary>One JSON object a line for each event.</summary>
internal sealed class JsonLocalnetReporter(TextWriter output) : ILocalnetReporter
{
    public void Started(LocalnetStart start) => Write("started", json =>
    {
        json.WriteNumber("nodes", start.Processes.Count);
        json.WriteNumber("followers", start.Options.Followers);
        json.WriteString("rule", start.Rule);
        json.WriteNumber("blockTimeMs", (long)start.Options.BlockTime.TotalMilliseconds);
        json.WriteString("chainId", start.ChainId);
        json.WriteString("folder", start.Options.Folder);
        json.WriteExact("seed", start.Options.Seed);
        json.WriteStartArray("processes");
        foreach (int process in start.Processes) json.WriteNumberValue(process);
        json.WriteEndArray();
    });

    public void Looked(LocalnetView view) => Write("progress", json =>
    {
        json.WriteNumber("seconds", Math.Round(view.Elapsed.TotalSeconds, 1));
        json.WriteStartArray("heights");
        foreach (LocalnetView.Node node in view.Nodes)
        {
            if (node.IsUp && node.Last is { } last) json.WriteNumberValue(last.Height);
            else json.WriteNullValue();
        }

        json.WriteEndArray();
        json.WriteNumber("accepted", view.Accepted);
    });

    public void Killed(LocalNode node, ulong height) => Write("killed", json =>
    {
        json.WriteNumber("node", node.Index);
        json.WriteNumber("height", height);
    });

    public void Restarted(KillReport report) => Write("restarted", json => WriteKill(json, report));

    public void Ended(LocalnetSummary summary) => Write("summary", json =>
    {
        json.WriteBoolean("valid", summary.IsValid);
        json.WriteNumber("nodes", summary.Nodes);
        json.WriteString("rule", summary.Rule);
        json.WriteNumber("height", summary.Height);
        json.WriteString("tip", summary.Tip);
        json.WriteBoolean("supplyExact", summary.IsSupplyExact);
        json.WriteNumber("accepted", summary.Accepted);
        json.WriteNumber("refused", summary.Refused);
        json.WriteNumber("unanswered", summary.Unanswered);
        json.WriteNumber("confirmed", summary.Confirmed);
        json.WriteNumber("pooled", summary.Pooled);
        json.WriteNumber("missingConfirmed", summary.MissingConfirmed);
        json.WriteNumber("lostWithKilled", summary.LostWithKilled);
        json.WriteNumber("lostOtherwise", summary.LostOtherwise);
        Number(json, "propagationP50Ms", summary.PropagationP50);
        Number(json, "propagationP99Ms", summary.PropagationP99);
        json.WriteNumber("propagationPairs", summary.PropagationCount);
        Number(json, "bytesPerTransferAndNode", summary.BytesPerTransfer);
        json.WriteExact("bytesReceived", (UInt128)summary.BytesReceived);
        json.WriteNumber("residentMiB", summary.ResidentMiB);
        json.WriteStartArray("kills");
        foreach (KillReport kill in summary.Kills)
        {
            json.WriteStartObject();
            WriteKill(json, kill);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("seconds", Math.Round(summary.Elapsed.TotalSeconds, 1));
    });

    public void Dispose()
    {
        // The writer is its owner's.
    }

    private static void WriteKill(Utf8JsonWriter json, KillReport report)
    {
        json.WriteNumber("node", report.Node);
        json.WriteNumber("height", report.Height);
        json.WriteNumber("blocksMeanwhile", report.BlocksMeanwhile);
        json.WriteNumber("secondsDown", report.SecondsDown);
        json.WriteNumber("secondsToStart", report.SecondsToStart);
        Number(json, "secondsToSynchronize", report.SecondsToSynchronize);
        Number(json, "secondsToProduce", report.SecondsToProduce);
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private void Write(string name, Action<Utf8JsonWriter> fields) => output.WriteLine(JsonText.Line(json =>
    {
        json.WriteString("event", name);
        fields(json);
    }));
}
