using System.Diagnostics;
using System.Globalization;
using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The quick mode <c>open</c>: how long a long chain takes to open, each time in a new process, by its newest checkpoint and the
/// undo records behind it; what the checkpoints' slices cost; and what they cost an import.
/// </summary>
internal static class OpenProgram
{
    private const int Seed = 20260101;
    private const int Rounds = 5;
    private const int TransfersABlock = 500;
    private const int FullBlocks = 4096;
    private const int ImportedBlocks = 1024;
    private const int AccountsABlock = 5_000;
    private const ulong Founder = 1_000_000_000_000_000_000;
    private const ulong Grant = 1_000_000_000;

    // Every tag of the full blocks is remembered, up to a day.
    private const int TagBlocks = 8_640;

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        if (args is ["once", string path]) return await OpenOnceAsync(path, output);
        int blocks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        int accounts = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000;
        string folder = Directory.CreateTempSubdirectory("coniunctum-open").FullName;
        try
        {
            await MeasureAsync(folder, blocks, accounts, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(string folder, int blocks, int accounts, TextWriter output)
    {
        int full = Math.Min(FullBlocks, blocks / 2);
        await output.WriteLineAsync(Invariant($"{blocks} blocks, {accounts} accounts, the last {full} blocks with {TransfersABlock} transfers, seed {Seed}, {Environment.ProcessorCount} cores"));
        long start = Stopwatch.GetTimestamp();
        using var chain = new TransferChain(Profiles.Standard, accounts, signed: false, Seed, Founder, TagBlocks);
        string path = Path.Combine(folder, "ledger.db");
        var file = new LongFile(chain, path);
        file.Grow(blocks - full, accounts, AccountsABlock, Grant);
        Line(output, $"  built to height {chain.Tip.Header.Height} in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        WriteCheckpoint(file, chain.State.Snapshot(), chain.Tip, output);

        string copy = Path.Combine(folder, "copy.db");
        file.Close();
        File.Copy(path, copy);
        file.Open();
        (StateSnapshot worst, HashedBlock worstBlock) = file.Fill(full, TransfersABlock, ImportedBlocks);
        file.Close();
        await CompareImportsAsync(chain.Profile, copy, file.FirstBlocks, output);
        Line(output, $"  the file has {new FileInfo(path).Length / 1_000_000:#,0} MB, {(double)new FileInfo(path).Length / blocks:#,0} bytes a block");

        Open(path, Invariant($"all {full} blocks replayed, as after an unlucky crash"), output);
        file.Open();
        WriteCheckpoint(file, worst, worstBlock, output);
        file.Close();
        Open(path, Invariant($"as a node leaves it at worst, {blocks - (int)worstBlock.Header.Height} blocks replayed"), output);
        file.Open();
        WriteCheckpoint(file, chain.State.Snapshot(), chain.Tip, output);
        file.Close();
        Open(path, "with nothing to replay", output);
    }

    private static void WriteCheckpoint(LongFile file, StateSnapshot snapshot, HashedBlock block, TextWriter output)
    {
        (double[] made, double[] written, long bytes) = file.WriteCheckpoint(snapshot, block);
        Line(output, $"  checkpoint at height {block.Header.Height}: {bytes / 1_000_000} MB in {made.Length} slices; to make one {Describe(made)}, to commit it {Describe(written)}");
    }

    /// <summary>What checkpoints cost: the same blocks with as many as a node writes, and with none.</summary>
    private static async Task CompareImportsAsync(ChainProfile profile, string path, IReadOnlyList<HashedBlock> blocks, TextWriter output)
    {
        string copy = path + "-2";
        File.Copy(path, copy);
        TimeSpan without = await ImportAsync(profile, copy, blocks, new ChainOptions { CheckpointBytes = long.MaxValue, CheckpointBlocks = long.MaxValue });
        File.Delete(copy);
        TimeSpan with = await ImportAsync(profile, path, blocks, new ChainOptions());
        File.Delete(path);
        Line(output, $"  {blocks.Count} full blocks taken in: {with.TotalSeconds:0.0} s with checkpoints, {without.TotalSeconds:0.0} s without: {100 * ((with / without) - 1):0} % more");
    }

    private static async Task<TimeSpan> ImportAsync(ChainProfile profile, string path, IReadOnlyList<HashedBlock> blocks, ChainOptions options)
    {
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseStore(SqliteChainStore.Open(path)).UseChain(options).StartAsync();
        long start = Stopwatch.GetTimestamp();
        foreach (HashedBlock block in blocks)
        {
            if (await ledger.SubmitBlockAsync(block) is { IsValid: false } refusal) throw new InvalidOperationException($"The workload is wrong: {refusal}.");
        }

        while (ledger.Tip.Id != blocks[^1].Id) await Task.Delay(TimeSpan.FromMilliseconds(5));
        return Stopwatch.GetElapsedTime(start);
    }

    private static void Open(string path, string what, TextWriter output)
    {
        double[][] rounds = new double[Rounds][];
        for (int round = 0; round < Rounds; round++)
        {
            using Process child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(OpenProgram).Assembly.Location, "open", "once", path])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            rounds[round] = [.. child.StandardOutput.ReadToEnd().Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            child.WaitForExit();
        }

        double[] median = [.. Enumerable.Range(0, rounds[0].Length).Select(i => rounds.Select(round => round[i]).Order().ElementAt(Rounds / 2))];
        double[] totals = [.. rounds.Select(round => round[0])];
        Line(output, $"  {what}: open in {median[0]:0} ms [{totals.Min():0}–{totals.Max():0}]: checkpoint {median[1]:0} ms, replay {median[2]:0} ms, the rest {median[0] - median[1] - median[2]:0} ms; from the process's start {median[3]:0} ms; processor {median[6]:0} ms; {median[4]:0} MB managed, {median[5]:0} MB resident at most");
    }

    private static async Task<int> OpenOnceAsync(string path, TextWriter output)
    {
        using var chain = new TransferChain(Profiles.Standard, accounts: 1, signed: false, Seed, Founder);
        var clock = new StageClock();
        long start = Stopwatch.GetTimestamp();
        await using LedgerHost ledger = await LedgerBuilder.For(chain.Profile).UseStore(SqliteChainStore.Open(path)).ReportTo(clock).StartAsync();
        double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        using var process = Process.GetCurrentProcess();
        double sinceStart = (DateTime.Now - process.StartTime).TotalMilliseconds;
        double processor = process.TotalProcessorTime.TotalMilliseconds;
        (double checkpoint, double replay) = clock.Since(start);
        double managed = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        await output.WriteAsync(string.Create(
            CultureInfo.InvariantCulture, $"{total:0.0} {checkpoint:0.0} {replay:0.0} {sinceStart:0.0} {managed:0.0} {process.PeakWorkingSet64 / 1e6:0.0} {processor:0.0}"));
        return 0;
    }

    private static string Describe(double[] milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return string.Create(
            CultureInfo.InvariantCulture, $"median {sorted[sorted.Length / 2]:0.00} ms, 99 % {sorted[sorted.Length * 99 / 100]:0.00} ms, worst {sorted[^1]:0.0} ms");
    }

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>When each stage was last heard of.</summary>
    private sealed class StageClock : IProgress<OpeningProgress>
    {
        private long _checkpoint;
        private long _replay;

        public void Report(OpeningProgress value)
        {
            if (value.Stage == OpeningStage.ReadingCheckpoint)
                _checkpoint = Stopwatch.GetTimestamp();
            else
                _replay = Stopwatch.GetTimestamp();
        }

        public (double Checkpoint, double Replay) Since(long start)
        {
            double checkpoint = _checkpoint == 0 ? 0 : Stopwatch.GetElapsedTime(start, _checkpoint).TotalMilliseconds;
            return (checkpoint, _replay == 0 ? 0 : Stopwatch.GetElapsedTime(start, _replay).TotalMilliseconds - checkpoint);
        }
    }
}
