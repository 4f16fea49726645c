using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;
using Coniunctum.Node.Output;
using Coniunctum.Node.Traffic;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Dev;

/// <summary>A development chain from its start to its summary.</summary>
internal static class DevRun
{
    private static readonly TimeSpan s_blockTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(DevOptions options, CommandIo io, TimeProvider time, CancellationToken stop)
    {
        // Before anything is made.
        ForeignState? from = options.From is { } state ? await ForeignState.ReadAsync(state, io.Progress, stop) : null;
        if (from is not null) options = options with { Requested = options.Requested with { Base = options.Requested.Base ?? from.Rules } };
        IChainStore store = options.Data is { } path ? LedgerFiles.OpenOrCreate(path, io.Progress, stop) : new MemoryChainStore();
        try
        {
            return await RunAsync(store, options, from, io, time, stop);
        }
        finally
        {
            store.Dispose();
        }
    }

    private static async Task<int> RunAsync(IChainStore store, DevOptions options, ForeignState? from, CommandIo io, TimeProvider time, CancellationToken stop)
    {
        DevSettings? known = DevSettings.Read(store);
        if (known is not null && from is not null)
            throw new BadInputException($"--from: {Quoted.Of(options.Data!)} holds a chain already, and a state begins a new one: name another file with --data, or leave nothing behind with --ephemeral.");
        known?.ThrowUnlessAsked(options.Requested);
        Calibration measured = Measure(known, options, time);
        stop.ThrowIfCancellationRequested();
        DevSettings settings = known ?? SettingsOf(options, measured);
        DevAccount[] accounts = DevAccount.Derive(settings.Seed, settings.Base.Signatures);
        try
        {
            ChainProfile profile = known is null ? DevChain.Begin(store, settings, accounts, from) : DevChain.GoOn(store);
            ulong begin = store.Tip?.Height ?? 0;
            Address rewardTo = options.RewardTo ?? accounts[0].Address;
            var mining = new MiningOptions { EmptyBlockInterval = TimeSpan.Zero, LastHeight = options.Blocks is { } blocks ? begin + blocks : ulong.MaxValue };
            var search = new NonceSearch(options.Threads);
            var control = new MiningSwitch();
            var clock = new DevClock(time);
            LedgerBuilder builder = LedgerBuilder.For(profile)
                .UseStore(store)
                .UseEntropy(new SeededEntropy(settings.Seed, $"chain from {begin}"))
                .UseIndex(_ => new MemoryChainIndex())
                .UseTime(clock);
            builder.Use((ProofOfWork)profile.Consensus, _ => new SwitchedProducer(new ProofOfWorkProducer(rewardTo, mining, search), control));
            if (options.CheckpointBlocks is { } interval) builder.UseChain(new ChainOptions { CheckpointBlocks = interval });
            await using LedgerHost ledger = await OpenAsync(builder, io, stop);
            CatchUp(clock, ledger.Tip);
            using var steering = new DevControl(ledger, control, clock) { HasTraffic = options.Traffic > 0 };
            var subject = new ApiSubject("dev", ledger)
            {
                Data = options.Data is { } file ? Path.GetFullPath(file) : null,
                Store = store as SqliteChainStore,
                Account = rewardTo,
                Seed = settings.Seed,
                Control = steering,
                Search = search,
            };
            ApiSocket? socket = SocketOf(subject, io);
            await using ApiServer? server = socket is { WhyImpossible: null } ? await UnlessRefusedAsync(() => ApiServer.StartAsync(subject, socket, clock, stop)) : null;
            using ApiCookie? cookie = socket is null || options.Http is null ? null : await UnlessRefusedAsync(() => Task.FromResult(ApiCookie.Create(socket.Folder, SystemEntropy.Instance)));
            await using HttpServer? http = options.Http is { } listen ? await HttpServer.StartAsync(subject, listen, cookie, clock, stop) : null;

            await using IDevReporter reporter = DevReporters.Choose(options, io);
            reporter.Started(new DevStart(options, settings, ledger.Profile, ledger.ChainId, accounts, rewardTo)
            {
                From = from,
                Height = begin,
                Target = new Target(ledger.Tip.Header.Target),
                HashesPerSecond = measured.HashesPerSecond,
                Http = http?.Address,
                Cookie = cookie?.Path,
                Coverage = options.Traffic > 0 ? RuleCoverage.Of(ledger.Profile) : null,
            });
            var session = new DevSession(ledger, begin, reporter, search, time);
            var traffic = options.Traffic > 0 ? new TrafficModule(ledger, accounts, settings.Seed, begin, clock, session.Take) : null;
            await RunAsync(ledger, session, traffic, options.Traffic, begin + options.Blocks, time, stop);
            if (ledger.Halted is { } reason) throw new LedgerHaltedException(reason);

            DevSummary summary = session.Conclude(await CatchUpAsync(ledger, session));
            if (!summary.IsValid) return ExitCode.Failure;
            ulong made = summary.Height - Math.Min(begin, summary.Height);
            return made >= (options.Blocks ?? 0)
                ? ExitCode.Success
                : throw new InterruptedException($"{made} of {options.Blocks} blocks were made");
        }
        finally
        {
            foreach (DevAccount account in accounts) account.Dispose();
        }
    }

    /// <summary>Where other programs of this user ask the chain; <c>null</c> for nowhere.</summary>
    private static ApiSocket? SocketOf(ApiSubject subject, CommandIo io)
    {
        if (subject.Data is { } file) return ApiSocket.OfFile(file);
        // In memory it has no file beside which the socket could lie.
        return Path.IsPathFullyQualified(io.DataFolder) ? ApiSocket.OfFile(Path.Combine(io.DataFolder, $"dev-{Path.GetRandomFileName()}")) : null;
    }

    /// <summary>Where there is no place for a socket or a cookie, the chain runs all the same.</summary>
    private static async Task<T?> UnlessRefusedAsync<T>(Func<Task<T>> start)
        where T : class
    {
        try
        {
            return await start();
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    private static async Task<LedgerHost> OpenAsync(LedgerBuilder builder, CommandIo io, CancellationToken stop)
    {
        try
        {
            return await builder.ReportTo(io.Progress).StartAsync(stop);
        }
        finally
        {
            io.Progress.Clear();
        }
    }

    /// <summary>A chain whose clock was set ahead goes on at the time of its last block: before it no block can be made.</summary>
    private static void CatchUp(DevClock clock, HashedBlock tip)
    {
        TimeSpan ahead = DateTimeOffset.FromUnixTimeMilliseconds((long)tip.Header.Timestamp.UnixMilliseconds) - clock.GetUtcNow();
        if (ahead > TimeSpan.Zero) clock.Advance(ahead);
    }

    private static Calibration Measure(DevSettings? known, DevOptions options, TimeProvider time)
    {
        TimeSpan blockTime = known?.BlockTime ?? options.Requested.BlockTime ?? s_blockTime;
        IBlockFormat format = (known?.Base ?? RulesOf(options)).Format;
        return Calibration.Measure(format, options.Threads, blockTime, time);
    }

    private static DevSettings SettingsOf(DevOptions options, Calibration measured)
    {
        (RequestedSettings requested, ChainProfile rules) = (options.Requested, RulesOf(options));
        TimeSpan blockTime = requested.BlockTime ?? s_blockTime;
        return new DevSettings(
            rules.Name,
            requested.Seed ?? options.DrawnSeed,
            requested.Grant ?? DevProfile.DefaultGrant(rules),
            blockTime,
            requested.Seed is null ? measured.ExpectedHashes : DevProfile.UsualHashes(blockTime));
    }

    private static ChainProfile RulesOf(DevOptions options) => options.Requested.Base ?? DevProfile.Bases[0];

    /// <summary>Runs everything side by side until the last block, a stop or a failure, which ends the rest.</summary>
    private static async Task RunAsync(
        LedgerHost ledger, DevSession session, TrafficModule? traffic, int rate, ulong? lastHeight, TimeProvider time, CancellationToken stop)
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
            await foreach (LedgerEvent change in ledger.EventsAsync(session.Cursor, ending.Token))
            {
                session.Take(change);
                if (change is LedgerEvent.Disconnected) continue;
                if (traffic is not null) await traffic.FollowAsync(change.Block);
                if (change.Block.Header.Height == lastHeight) break;
            }

            await opening;
        }

        async Task SendAsync()
        {
            await opening;
            if (traffic is not null) await traffic.SendAsync(rate, ending.Token);
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
    /// Takes the status at which the run ends, and the blocks up to it that no one was told of yet. A miner that goes on does
    /// not matter: what it finds after that moment is not part of the run.
    /// </summary>
    private static async Task<LedgerStatus> CatchUpAsync(LedgerHost ledger, DevSession session)
    {
        LedgerStatus status = ledger.ReadView().Status;
        if (session.Cursor == status.Tip.Id) return status;
        await foreach (LedgerEvent change in ledger.EventsAsync(session.Cursor))
        {
            session.Take(change);
            if (change.Cursor == status.Tip.Id) break;
        }

        return status;
    }
}
