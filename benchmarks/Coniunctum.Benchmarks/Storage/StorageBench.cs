using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>A folder to measure in, and how to write what was measured.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Scale">How much longer or shorter than usual.</param>
/// <param name="Output">Where results go.</param>
internal sealed record StorageBench(string Folder, double Scale, TextWriter Output)
{
    public const int Seed = 20260102;

    private const int HeaderBytes = 230;

    public string File(string name) => Path.Combine(Folder, name);

    public int Times(int count) => Math.Max(1, (int)(count * Scale));

    public void Title(string text)
    {
        Output.WriteLine();
        Output.WriteLine(Invariant($"{text} (seed {Seed}, {Environment.ProcessorCount} cores)"));
    }

    public void Line(FormattableString text) => Output.WriteLine("  " + text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Does something a number of times, and tells how long each time took.</summary>
    public static double[] Time(int count, Action<int> run)
    {
        double[] milliseconds = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run(i);
            milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return milliseconds;
    }

    /// <summary>Describes times: operations per second over all, median, 99th percentile and the worst.</summary>
    public static string Describe(double[] milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{1000 * sorted.Length / sorted.Sum(),9:#,0}/s  median {sorted[sorted.Length / 2]:0.00} ms, 99 % {sorted[sorted.Length * 99 / 100]:0.00} ms, worst {sorted[^1]:0.0} ms");
    }

    /// <summary>A block whose bytes mean nothing.</summary>
    public static StoredBlock Block(Random random, ulong height, int bodyBytes, int undoBytes)
    {
        var id = new BlockId(new Hash256(Bytes(random, Hash256.Size)));
        var head = new StoredHead(id, height, Bytes(random, HeaderBytes), default, Work.From(height));
        return new StoredBlock(head, Bytes(random, bodyBytes), Bytes(random, undoBytes));
    }

    public static byte[] Bytes(Random random, int count)
    {
        // Fast, and not to be compressed by a file system.
        byte[] bytes = new byte[count];
        ulong state = (ulong)random.NextInt64();
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan())) word = state = (state * 6364136223846793005) + 1442695040888963407;
        random.NextBytes(bytes.AsSpan(0, Math.Min(count, Hash256.Size)));
        return bytes;
    }
}
