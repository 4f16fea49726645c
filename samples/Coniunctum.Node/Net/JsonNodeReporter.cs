using System.Text.Json;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Net;

/// <summary>One JSON object a line for each event.</summary>
internal sealed class JsonNodeReporter(TextWriter output) : INodeReporter
{
    public void Started(NodeStart start) => Write("started", json =>
    {
        json.WriteString("network", start.Options.Profile.Name);
        json.WriteString("rule", start.Options.Profile.Consensus.RuleName);
        json.WriteString("chainId", start.ChainId);
        json.WriteString("data", start.Options.Folder.Path);
        json.WriteString("role", start.Options.Role.ToString().ToLowerInvariant());
        json.WriteString("account", start.Account);
        json.WriteNumber("height", start.Height);
        json.WriteString("nodeId", start.NodeId);
        json.WriteStartArray("addresses");
        foreach (string address in start.Addresses) json.WriteStringValue(address);
        json.WriteEndArray();
        json.WriteString("http", start.Http);
        json.WriteString("cookie", start.Cookie);
    });

    public void Block(HashedBlock block, int pool, bool isDisconnected) => Write(isDisconnected ? "disconnected" : "block", json =>
    {
        json.WriteNumber("height", block.Header.Height);
        json.WriteString("id", block.Id.ToString());
        json.WriteNumber("transactions", block.Transactions.Count);
        json.WriteNumber("pool", pool);
    });

    public void Refused(NetworkRefusal refusal) => Write("refused", json =>
    {
        json.WriteString("subject", refusal.Block is null ? "transaction" : "block");
        json.WriteString("id", refusal.Block?.ToString() ?? refusal.Transaction?.ToString());
        json.WriteString("node", refusal.Node?.ToString());
        json.WriteString("endpoint", refusal.Endpoint?.ToString());
        json.WriteString("reason", refusal.Reason);
    });

    public void Connected(NetworkPeer peer) => Write("connected", json =>
    {
        WritePeer(json, peer);
        json.WriteBoolean("outbound", peer.IsOutbound);
        json.WriteNumber("height", peer.Height);
    });

    public void Lost(NetworkPeer peer) => Write("lost", json => WritePeer(json, peer));

    public void Failed(NetworkFailure failure) => Write("failed", json =>
    {
        json.WriteString("endpoint", failure.Endpoint.ToString());
        json.WriteString("message", failure.Message);
    });

    public void Synchronizing(SyncProgress progress) => Write("synchronizing", json =>
    {
        json.WriteNumber("height", progress.Height);
        json.WriteNumber("target", progress.Target);
        json.WriteNumber("blocksPerSecond", Math.Round(progress.BlocksPerSecond, 1));
        if (progress.Left is { } left) json.WriteNumber("secondsLeft", Math.Round(left.TotalSeconds));
    });

    public void Synchronized(ulong height) => Write("synchronized", json => json.WriteNumber("height", height));

    public void SynchronizationFailed(string reason) => Write("notSynchronized", json => json.WriteString("message", reason));

    public void Stopped(LedgerStatus status, TimeSpan elapsed) => Write("stopped", json =>
    {
        json.WriteNumber("height", status.Tip.Header.Height);
        json.WriteString("tip", status.Tip.Id.ToString());
        json.WriteExact("supply", status.Supply);
        json.WriteNumber("pool", status.PoolCount);
        json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
    });

    private static void WritePeer(Utf8JsonWriter json, NetworkPeer peer)
    {
        json.WriteString("node", peer.Id?.ToString());
        json.WriteString("endpoint", peer.Endpoint.ToString());
    }

    private void Write(string name, Action<Utf8JsonWriter> fields) => output.WriteLine(JsonText.Line(json =>
    {
        json.WriteString("event", name);
        fields(json);
    }));
}
