using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Coniunctum.Hosting;

/// <summary>Says whether a ledger works: unhealthy once it has halted or before it has started, degraded where it lacks what is asked of it.</summary>
internal sealed class LedgerHealthCheck(LedgerHost ledger, LedgerHealthOptions options, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult(Look(context.Registration.FailureStatus));
        }
        catch (InvalidOperationException exception)
        {
            // Not started yet, or disposed.
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, exception.Message));
        }
    }

    private HealthCheckResult Look(HealthStatus failure)
    {
        LedgerStatus status = ledger.ReadView().Status;
        NetworkStatus? network = ledger.Network?.ReadStatus();
        ulong height = status.Tip.Header.Height;
        int peers = network?.Peers.Count(peer => peer.HasLedger) ?? 0;
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["height"] = height, ["final_height"] = status.FinalHeight, ["pool"] = status.PoolCount };
        if (network is not null) data["peers"] = peers;
        if (ledger.Index?.Tip?.Height is { } indexed) data["index_height"] = indexed;
        if (ledger.Halted is { } reason) return new HealthCheckResult(failure, $"The ledger has halted: {reason}", data: data);
        string[] lacks = [.. Lacks(status, network, peers)];
        return lacks.Length == 0 ? HealthCheckResult.Healthy(Invariant($"height {height}"), data) : HealthCheckResult.Degraded(string.Join(" ", lacks), data: data);
    }

    private IEnumerable<string> Lacks(LedgerStatus status, NetworkStatus? network, int peers)
    {
        ulong made = status.Tip.Header.Timestamp.UnixMilliseconds;
        if (options.MaxTipAge is { } most && made > 0)
        {
            TimeSpan age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(made, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
            if (age > most) yield return Invariant($"The last block is {age:c} old; at most {most:c} is expected.");
        }

        if (peers < options.MinPeers) yield return Invariant($"It is connected with {peers} nodes; at least {options.MinPeers} are expected.");
        if (options.MustBeSynchronized && network is not { IsSynchronized: true }) yield return "It does not have all that its peers have claimed.";
        if (ledger.IndexFault is { } fault) yield return $"Its index is not kept up any more: {fault}";
        if (options.MaxIndexLag is not { } lag) yield break;
        ulong height = status.Tip.Header.Height, indexed = ledger.Index?.Tip?.Height ?? 0;
        if (ledger.Index is null)
            yield return "It has no index.";
        else if (height > indexed && height - indexed > lag)
            yield return Invariant($"Its index is {height - indexed} blocks behind; at most {lag} are expected.");
    }
}
