using System.Diagnostics;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>
/// Operations per second of one contender: the median of its slices, and their least and greatest; and the managed memory that
/// one operation allocates on the thread that asks for it.
/// </summary>
internal sealed record Measurement(string Name, double PerSecond, double Least, double Greatest, double Bytes)
{
    // Short slices in turns: whatever slows the machine down for a moment slows down all contenders alike.
    private const int Rounds = 15;
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(250);

    /// <summary>Measures all contenders of a contest, ours first.</summary>
    /// <param name="contest">The contest.</param>
    /// <param name="byProcessorTime">
    /// Whether to count the process's processor time in the place of elapsed time: what others do on a busy machine then counts
    /// little, and a second core counts as much as the first.
    /// </param>
    public static IReadOnlyList<Measurement> Of(Contest contest, bool byProcessorTime = false)
    {
        Func<TimeSpan> clock = byProcessorTime ? () => Environment.CpuUsage.TotalTime : () => Stopwatch.GetElapsedTime(0);
        Contender[] contenders = [contest.Ours, .. contest.Rivals];
        int[] counts = Array.ConvertAll(contenders, contender => Calibrate(contender, clock));
        double[][] rates = Array.ConvertAll(contenders, _ => new double[Rounds]);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
                rates[i][round] = counts[i] / Time(contenders[i], counts[i], clock).TotalSeconds;
        }

        return [.. contenders.Select((contender, i) => Summarize(contender.Name, rates[i], BytesOf(contender, counts[i])))];
    }

    private static Measurement Summarize(string name, double[] rates, double bytes)
    {
        Array.Sort(rates);
        return new Measurement(name, rates[rates.Length / 2], rates[0], rates[^1], bytes);
    }

    private static double BytesOf(Contender contender, int count)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        contender.Run(count);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count;
    }

    /// <summary>Runs until the code is compiled well, then returns how many operations fill a slice.</summary>
    private static int Calibrate(Contender contender, Func<TimeSpan> clock)
    {
        long started = Stopwatch.GetTimestamp();
        int count = contender.Batch;
        while (true)
        {
            TimeSpan taken = Time(contender, count, clock);
            if (Stopwatch.GetElapsedTime(started) >= s_warmUp && taken >= s_slice / 4)
                return Math.Max(1, (int)(count * (s_slice / taken) / contender.Batch)) * contender.Batch;
            if (taken < s_slice / 2) count = checked(count * 2);
        }
    }

    private static TimeSpan Time(Contender contender, int count, Func<TimeSpan> clock)
    {
        TimeSpan started = clock();
        contender.Run(count);
        return clock() - started;
    }
}
