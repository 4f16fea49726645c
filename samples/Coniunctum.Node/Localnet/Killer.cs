using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Localnet;

/// <summary>Kills one node after another, and starts each again.</summary>
internal sealed class Killer(LocalNetwork network, LocalnetOptions options, ILocalnetReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly SeededEntropy _draw = new(options.Seed, "localnet kills");
    private readonly List<KillReport> _reports = [];

    /// <summary>What was killed so far.</summary>
    public IReadOnlyList<KillReport> Reports => _reports;

    /// <summary>The numbers of the nodes that were ever killed.</summary>
    public HashSet<int> Killed { get; } = [];

    /// <summary>Kills until it is cancelled; never two at once.</summary>
    public async Task RunAsync(TimeSpan every, CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(every, time, cancellation);
            LocalNode node = network.Nodes[_draw.Below(network.Nodes.Count)];
            // Whoever cancels wants all nodes up: what was begun is finished.
            await KillOnceAsync(node, cancellation);
        }
    }

    private async Task KillOnceAsync(LocalNode node, CancellationToken cancellation)
    {
        ulong height = Height();
        Killed.Add(node.Index);
        await node.KillAsync();
        reporter.Killed(node, height);
        long killed = time.GetTimestamp();
        await Task.Delay(options.Down, time, CancellationToken.None);
        ulong meanwhile = await HeightNowAsync(node) - Math.Min(height, await HeightNowAsync(node));
        long start = time.GetTimestamp();
        await network.RestartAsync(node, CancellationToken.None);
        var report = new KillReport(node.Index, height, meanwhile, Seconds(killed, start), Seconds(start, time.GetTimestamp()), null, null);
        while (!cancellation.IsCancellationRequested && node.IsUp && (report.SecondsToSynchronize is null || report.SecondsToProduce is null))
        {
            if (await TryStatusAsync(node) is { } status)
            {
                double seconds = Seconds(start, time.GetTimestamp());
                if (status.Synchronized && report.SecondsToSynchronize is null) report = report with { SecondsToSynchronize = seconds };
                if (IsProducing(status) && report.SecondsToProduce is null) report = report with { SecondsToProduce = seconds };
                if (!MayProduce(node)) report = report with { SecondsToProduce = report.SecondsToProduce ?? report.SecondsToSynchronize };
            }

            await Task.Delay(s_look, time, CancellationToken.None);
        }

        _reports.Add(report);
        reporter.Restarted(report);
    }

    private bool MayProduce(LocalNode node) => node.Index < (options.Rule == RuleName.Authority ? 1 : options.Nodes);

    /// <summary>Whether a node takes part: under BFT it signs nothing before others have said where they are.</summary>
    private static bool IsProducing(StatusModel status) =>
        status.Production is not ("Unknown" or "NotEntitled" or "NoProducer" or "Halted") && !status.ProductionReason.Contains("after this start", StringComparison.Ordinal);

    private async Task<ulong> HeightNowAsync(LocalNode without)
    {
        ulong height = Height();
        foreach (LocalNode node in network.Nodes.Where(node => node != without && node.IsUp))
        {
            if (await TryStatusAsync(node) is { } status) height = Math.Max(height, status.Height);
        }

        return height;
    }

    private ulong Height() => network.Nodes.Max(node => node.Status?.Height ?? 0);

    private static async Task<StatusModel?> TryStatusAsync(LocalNode node)
    {
        try
        {
            return node.Status = await node.Client.StatusAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or ApiProblemException or HttpRequestException)
        {
            return null;
        }
    }

    private double Seconds(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalSeconds, 2);
}
