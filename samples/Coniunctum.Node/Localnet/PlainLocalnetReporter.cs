namespace Coniunctum.Node.Localnet;

/// <summary>Lines for people and for logs.</summary>
internal sealed class PlainLocalnetReporter(TextWriter output, TimeProvider time) : ILocalnetReporter
{
    public void Started(LocalnetStart start)
    {
        output.WriteLine(Invariant($"A local network of {start.Processes.Count} processes, rule {start.Rule}, a block about every {start.Options.BlockTime.TotalSeconds:0.###} s"));
        output.WriteLine($"  chain   {start.ChainId}");
        output.WriteLine($"  folder  {start.Options.Folder}");
        output.WriteLine($"  seed    {start.Options.Seed}");
        output.WriteLine();
    }

    public void Looked(LocalnetView view) =>
        Line($"heights {string.Join(' ', view.Nodes.Select(node => node.IsUp ? Invariant($"{node.Last?.Height ?? 0}") : "-"))}{(view.Accepted > 0 ? Invariant($", {view.Accepted} transfers accepted") : "")}");

    public void Killed(LocalNode node, ulong height) => Line(Invariant($"node {node.Index} is killed at height {height}"));

    public void Restarted(KillReport report) => Line(Invariant(
        $"node {report.Node} is back: down for {report.SecondsDown} s and {report.BlocksMeanwhile} blocks; it answered {report.SecondsToStart} s after its start, had caught up after {report.SecondsToSynchronize} s, and took part again after {report.SecondsToProduce} s"));

    public void Ended(LocalnetSummary summary)
    {
        output.WriteLine();
        output.WriteLine(Invariant($"{summary.Nodes} nodes under {summary.Rule} for {summary.Elapsed.TotalSeconds:0} s, to height {summary.Height}"));
        output.WriteLine(summary.Tip is { } tip ? $"  one tip      {tip}" : "  NO ONE TIP   the nodes have not come to the same block");
        output.WriteLine(summary.IsSupplyExact ? "  supply       exact at every node" : "  SUPPLY       IS NOT what genesis and all subsidies make");
        if (summary.PropagationP50 is { } p50) output.WriteLine(Invariant($"  propagation  p50 {p50:0} ms, p99 {summary.PropagationP99:0} ms, over {summary.PropagationCount} pairs of block and node"));
        if (summary.Accepted > 0)
        {
            output.WriteLine(Invariant($"  transfers    {summary.Accepted} accepted, {summary.Confirmed} in the chain, {summary.Pooled} in a pool; {summary.Refused} refused, {summary.Unanswered} without an answer"));
            output.WriteLine(Invariant($"  missing      {summary.MissingConfirmed} of those that were in a block once; {summary.LostWithKilled} that only a killed node's pool had, {summary.LostOtherwise} of other pools"));
            if (summary.BytesPerTransfer is { } bytes) output.WriteLine(Invariant($"  traffic      {bytes:0} bytes received a transfer and node, everything counted"));
        }

        if (summary.Kills.Count > 0) output.WriteLine(Invariant($"  kills        {summary.Kills.Count}; back in step after {summary.Kills.Max(kill => kill.SecondsToSynchronize ?? 0)} s at most"));
        if (summary.ResidentMiB > 0) output.WriteLine(Invariant($"  memory       {summary.ResidentMiB:0} MiB at the largest node"));
    }

    public void Dispose()
    {
        // The writer is its owner's.
    }

    private void Line(string text) => output.WriteLine(Invariant($"{time.GetLocalNow():HH:mm:ss}  {text}"));
}
