using Coniunctum.Consensus.Rules;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Output;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>A development chain from its start to its summary.</summary>
internal static class DevRun
{
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(DevOptions options, CommandIo io, TimeProvider time, CancellationToken stop)
    {
        DevAccount[] accounts = DevAccount.Derive(options.Seed, options.Base.Signatures);
        try
        {
            Calibration calibration = Calibration.Measure((IFieldHashFormat)options.Base.Format, options.Threads, options.BlockTime, time);
            ChainProfile profile = DevProfile.Create(options, accounts, calibration.Target);
            Address rewardTo = options.RewardTo ?? accounts[0].Address;
            var mining = new MiningOptions { LastHeight = options.Blocks ?? ulong.MaxValue };

            await using LedgerHost ledger = await LedgerBuilder.For(profile)
                .UseEntropy(new SeededEntropy(options.Seed, "chain"))
                .UseTime(time)
                .UseProofOfWork(rewardTo, options.Threads, mining)
                .StartAsync(stop);

            await using IDevReporter reporter = DevReporters.Choose(options, io);
            reporter.Started(new DevStart(options, ledger.Profile, ledger.ChainId, calibration, accounts, rewardTo)
            {
                Coverage = options.Traffic > 0 ? RuleCoverage.Of(ledger.Profile) : null,
            });
            var session = new DevSession(ledger, reporter, time);
            var traffic = options.Traffic > 0 ? new TrafficModule(ledger, accounts, options.Seed, time, session.Take) : null;
            await RunAsync(ledger, session, traffic, options, time, stop);
            if (ledger.Fault is { } fault) throw new LedgerHaltedException(fault);

            DevSummary summary = session.Conclude(await CatchUpAsync(ledger, session));
            return summary.IsSound ? ExitCode.Success : ExitCode.Failure;
        }
        finally
        {
            foreach (DevAccount account in accounts) account.Dispose();
        }
    }

    /// <summary>Runs everything side by side until the last block, a stop or a failure, which ends the rest.</summary>
    private static async Task RunAsync(
        LedgerHost ledger, DevSession session, TrafficModule? traffic, DevOptions options, TimeProvider time, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task opening = traffic?.OpenAsync() ?? Task.CompletedTask;
        Task[] parts =
        [
            EndWithAsync(FollowAsync()),
            EndOnFailureAsync(SendAsync()),
            EndOnFailureAsync(RedrawAsync(session, time, ending.Token)),
        ];
        await Task.WhenAll(parts);

        async Task FollowAsync()
        {
            await foreach (LedgerEvent change in ledger.EventsAsync(cancellation: ending.Token))
            {
                session.Take(change.Block);
                if (traffic is not null) await traffic.FollowAsync(change.Block);
                if (change.Block.Header.Height == options.Blocks) break;
            }

            await opening;
        }

        async Task SendAsync()
        {
            await opening;
            if (traffic is not null) await traffic.SendAsync(options.Traffic, ending.Token);
        }

        async Task EndWithAsync(Task part)
        {
            try
            {
                await EndOnFailureAsync(part);
            }
            finally
            {
                await ending.CancelAsync();
            }
        }

        async Task EndOnFailureAsync(Task part)
        {
            try
            {
                await part;
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The way in which every part ends.
            }
            catch
            {
                await ending.CancelAsync();
                throw;
            }
        }
    }

    private static async Task RedrawAsync(DevSession session, TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_redraw, time);
        while (await timer.WaitForNextTickAsync(cancellation)) session.Tick();
    }

    /// <summary>
    /// Takes the status at which the run ends, and the blocks up to it that nobody was told of yet. A miner that goes on does
    /// not matter: what it finds after that moment is not part of the run.
    /// </summary>
    private static async Task<LedgerStatus> CatchUpAsync(LedgerHost ledger, DevSession session)
    {
        LedgerStatus status = ledger.ReadStatus();
        if (session.Height == status.Tip.Header.Height) return status;
        await foreach (LedgerEvent change in ledger.EventsAsync(ledger.BlockAt(session.Height)!.Id))
        {
            session.Take(change.Block);
            if (change.Block.Id == status.Tip.Id) break;
        }

        return status;
    }
}
