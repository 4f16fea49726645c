using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Ledger.Execution;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Localnet;

/// <summary>A local network from its start to its summary.</summary>
internal sealed class LocalnetRun(LocalnetOptions options, LocalNetwork network, Sightings sightings, ILocalnetReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_agreement = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly ByteCount _bytes = new();
    private readonly TrafficFeed _traffic = new(network, options.Seed, time);

    public static async Task<int> RunAsync(LocalnetOptions options, CommandIo io, TimeProvider time, CancellationToken stop)
    {
        var sightings = new Sightings();
        using ILocalnetReporter reporter = LocalnetReporters.Choose(options, io, time);
        await using var network = LocalNetwork.Create(options, time, sightings.Take);
        LocalnetSummary summary = await new LocalnetRun(options, network, sightings, reporter, time).RunAsync(stop);
        reporter.Ended(summary);
        return summary.IsValid ? ExitCode.Success : ExitCode.Failure;
    }

    private async Task<LocalnetSummary> RunAsync(CancellationToken stop)
    {
        long start = time.GetTimestamp();
        await network.StartAsync(stop);
        var started = new LocalnetStart(
            options, network.Profile.Consensus.RuleName, GenesisBlock.Create(network.Profile).Block.Id.ToString(), [.. network.Nodes.Select(node => node.ProcessId)]);
        lock (_gate) reporter.Started(started);
        var locked = new LockedReporter(reporter, _gate);
        var killer = new Killer(network, options, locked, time);
        using (var ending = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            Task feed = options.Traffic > 0 ? _traffic.SendAsync(options.Traffic, ending.Token) : Task.CompletedTask;
            Task kills = options.KillEvery is { } every ? killer.RunAsync(every, ending.Token) : Task.CompletedTask;
            Task end = WaitForEndAsync(start, ending.Token);
            // What fails ends the run, and so does its end.
            await Task.WhenAny(end, Failure(feed), Failure(kills));
            await ending.CancelAsync();
            try
            {
                await Task.WhenAll(end, feed, kills);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // The way in which they end.
            }
        }

        stop.ThrowIfCancellationRequested();
        LocalnetSummary summary = await ConcludeAsync(killer, start, stop);
        foreach (LocalNode node in network.Nodes) await node.StopAsync();
        return summary;
    }

    /// <summary>Looks at all nodes every second, until the height or the time has come.</summary>
    private async Task WaitForEndAsync(long start, CancellationToken cancellation)
    {
        while (true)
        {
            await LookAsync(withPeers: true);
            lock (_gate) reporter.Looked(LocalnetView.Of(network, _traffic, time.GetElapsedTime(start)));
            if (options.Blocks is { } blocks && network.Nodes.All(node => node.IsUp && node.Status?.Height >= blocks)) return;
            if (options.Duration is { } duration && time.GetElapsedTime(start) >= duration) return;
            await Task.Delay(s_look, time, cancellation);
        }
    }

    private async Task LookAsync(bool withPeers) => await Task.WhenAll(network.Nodes.Where(node => node.IsUp).Select(async node =>
    {
        try
        {
            node.Status = await node.Client.StatusAsync(CancellationToken.None);
            if (!withPeers) return;
            PeersModel peers = await node.Client.PeersAsync(CancellationToken.None);
            lock (_gate) _bytes.Take(node, peers);
        }
        catch (Exception exception) when (exception is IOException or ApiProblemException or HttpRequestException)
        {
            // Killed meanwhile.
        }
    }));

    private async Task<LocalnetSummary> ConcludeAsync(Killer killer, long start, CancellationToken stop)
    {
        string? tip = await AgreeAsync(stop);
        await LookAsync(withPeers: true);
        LocalNode reference = network.Nodes.MinBy(node => node.Status?.Height ?? 0)!;
        ulong height = reference.Status?.Height ?? 0;
        var chain = new HashSet<string>(StringComparer.Ordinal);
        for (ulong at = 1; at <= height; at++)
        {
            foreach (TransactionModel transaction in (await reference.Client.BlockAsync(Invariant($"{at}"), stop)).Transactions.Skip(1)) chain.Add(transaction.Id);
        }

        HashSet<string> reported = sightings.Confirmed();
        int pooled = 0, missing = 0, lostKilled = 0, lostOtherwise = 0;
        foreach (string id in reported.Concat(_traffic.Accepted.Keys).Distinct(StringComparer.Ordinal).Where(id => !chain.Contains(id)))
        {
            if (await IsAnywhereAsync(id, stop)) pooled++;
            else if (reported.Contains(id)) missing++;
            else if (killer.Killed.Contains(_traffic.Accepted[id])) lostKilled++;
            else lostOtherwise++;
        }

        int confirmed = _traffic.Accepted.Keys.Count(chain.Contains);
        return new LocalnetSummary
        {
            Nodes = network.Nodes.Count,
            Rule = network.Profile.Consensus.RuleName,
            Height = height,
            Tip = tip,
            IsSupplyExact = network.Nodes.All(node => node.Status is { } status && status.Supply == status.ScheduledSupply),
            Accepted = _traffic.Accepted.Count,
            Refused = _traffic.Refused,
            Unanswered = _traffic.Unanswered,
            Confirmed = confirmed,
            Pooled = pooled,
            MissingConfirmed = missing,
            LostWithKilled = lostKilled,
            LostOtherwise = lostOtherwise,
            Kills = killer.Reports,
            PropagationP50 = sightings.Percentile(0.5),
            PropagationP99 = sightings.Percentile(0.99),
            PropagationCount = sightings.Count,
            BytesPerTransfer = confirmed == 0 ? null : Math.Round((double)_bytes.Total / confirmed / network.Nodes.Count),
            BytesReceived = _bytes.Total,
            ResidentMiB = network.Nodes.Max(node => ResidentMiB(node.ProcessId)),
            Elapsed = time.GetElapsedTime(start),
        };
    }

    /// <summary>
    /// Waits for a moment at which all nodes have one tip, and with a height to reach also one block at it. Blocks go on coming, so
    /// the moment may pass: it is looked for again.
    /// </summary>
    private async Task<string?> AgreeAsync(CancellationToken stop)
    {
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < s_agreement)
        {
            await LookAsync(withPeers: false);
            string?[] tips = [.. network.Nodes.Select(node => node.IsUp ? node.Status?.Tip : null)];
            if (tips[0] is { } tip && tips.All(other => tip.Equals(other, StringComparison.Ordinal)) && await HasOneAtAsync(options.Blocks ?? 0, stop)) return tip;
            await Task.Delay(s_pause, time, stop);
        }

        return null;
    }

    private async Task<bool> HasOneAtAsync(ulong height, CancellationToken stop)
    {
        BlockModel[] blocks = await Task.WhenAll(network.Nodes.Select(node => node.Client.BlockAsync(Invariant($"{height}"), stop)));
        return blocks.All(block => block.Id.Equals(blocks[0].Id, StringComparison.Ordinal));
    }

    private async Task<bool> IsAnywhereAsync(string id, CancellationToken stop)
    {
        foreach (LocalNode node in network.Nodes)
        {
            try
            {
                await node.Client.TransactionAsync(id, stop);
                return true;
            }
            catch (ApiProblemException fault) when (fault.Status == 404)
            {
                // Not there: the next one is asked.
            }
        }

        return false;
    }

    /// <summary>Is done when a task has failed, never when it was cancelled or has ended.</summary>
    private static async Task Failure(Task task)
    {
        await task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (!task.IsFaulted) await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
    }

    private static double ResidentMiB(int process)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        try
        {
            string? line = File.ReadLines(Invariant($"/proc/{process}/status")).FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : Math.Round(long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024.0, 1);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Reporters take one thing at a time.</summary>
    private sealed class LockedReporter(ILocalnetReporter inner, Lock gate) : ILocalnetReporter
    {
        public void Started(LocalnetStart start) => With(() => inner.Started(start));

        public void Looked(LocalnetView view) => With(() => inner.Looked(view));

        public void Killed(LocalNode node, ulong height) => With(() => inner.Killed(node, height));

        public void Restarted(KillReport report) => With(() => inner.Restarted(report));

        public void Ended(LocalnetSummary summary) => With(() => inner.Ended(summary));

        public void Dispose()
        {
            // The inner one is its owner's.
        }

        private void With(Action report)
        {
            lock (gate) report();
        }
    }
}
