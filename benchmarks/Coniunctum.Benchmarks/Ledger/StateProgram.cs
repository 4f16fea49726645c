using System.Diagnostics;
using System.Globalization;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>What the state costs: <c>state [ACCOUNTS]</c> prints medians over many blocks, on one core.</summary>
internal static class StateProgram
{
    private static readonly int[] s_sizes = [500, 5_000];

    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        int[] counts = [10_000, 1_000_000];
        if (args.Length > 1 || (args.Length == 1 && (!int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out counts[1]) || counts[1] < 1000)))
        {
            errors.WriteLine("Expected one number of accounts, 1,000 or more, or nothing for 10,000 and 1,000,000.");
            return 2;
        }

        output.WriteLine(Invariant($"{CryptoInfo.KeccakKernel}, {CryptoInfo.KeccakStatesAtOnce} at once"));
        foreach (int accounts in args.Length == 1 ? counts[1..] : counts) Measure(accounts, output);
        return 0;
    }

    private static void Measure(int accounts, TextWriter output)
    {
        Print(output, $"{accounts:#,0} accounts: {(double)BytesOf(new StateWork(accounts)) / accounts:0} bytes each");
        var work = new StateWork(accounts);
        foreach (int size in s_sizes)
        {
            int blocks = 200_000 / size;
            double[] costs = new double[blocks];
            TimeSpan pauses = default;
            TimeSpan cpu = default;
            int[] collections = new int[3];
            for (int i = -blocks / 4; i < blocks; i++)
            {
                if (i == 0)
                {
                    pauses = GC.GetTotalPauseDuration();
                    collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
                }

                TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
                HashedTransaction[] transfers = work.Draw(size);
                long started = Stopwatch.GetTimestamp();
                work.Do(transfers);
                if (i < 0) continue;
                costs[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds / size;
                cpu += Environment.CpuUsage.TotalTime - cpuBefore;
            }

            Array.Sort(costs);
            Print(output, $"  execute, root, adopt: {costs[blocks / 2]:0.00} us a transfer in blocks of {size:#,0} [{costs[blocks / 10]:0.00}-{costs[blocks * 9 / 10]:0.00}], cpu {cpu.TotalMicroseconds / (blocks * size):0.00}; gc {(GC.GetTotalPauseDuration() - pauses).TotalMicroseconds / (blocks * size):0.00} us, {GC.CollectionCount(0) - collections[0]}/{GC.CollectionCount(1) - collections[1]}/{GC.CollectionCount(2) - collections[2]}");
        }

        foreach (int size in s_sizes) MeasureKept(work, size, output);
        int tags = s_sizes.Sum(size => (200_000 / size * 5 / 4 * size) + (Math.Max(128, 200_000 / size) * size));
        Print(output, $"  after {tags:#,0} transfers, their tags included: {(double)BytesOf(work) / accounts:0} bytes an account");
    }

    /// <summary>What it costs to keep the states after the last 64 blocks.</summary>
    private static void MeasureKept(StateWork work, int size, TextWriter output)
    {
        const int kept = 64;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var readings = new Queue<OwnedReading>();
        int blocks = Math.Max(2 * kept, 200_000 / size);
        double[] costs = new double[blocks];
        for (int i = 0; i < blocks; i++)
        {
            HashedTransaction[] transfers = work.Draw(size);
            long started = Stopwatch.GetTimestamp();
            work.Do(transfers);
            readings.Enqueue(new OwnedReading(work.State.TakeReading()));
            if (readings.Count > kept) readings.Dequeue().Retire();
            costs[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds / size;
        }

        Array.Sort(costs);
        double grown = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        GC.KeepAlive(readings);
        Print(output, $"  the last {kept} states kept: {costs[blocks / 2]:0.00} us a transfer in blocks of {size:#,0} [{costs[blocks / 10]:0.00}-{costs[blocks * 9 / 10]:0.00}]; {grown:0.0} MB more, the tags of {blocks * size:#,0} transfers included");
    }

    /// <summary>What is there less when no one holds the state any more; buffers that are kept for others do not count.</summary>
    private static long BytesOf(StateWork work)
    {
        long with = GC.GetTotalMemory(forceFullCollection: true);
        work.LetGo();
        return with - GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Print(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
