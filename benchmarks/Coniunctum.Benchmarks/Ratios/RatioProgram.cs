using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The quick mode: <c>ratios [AREA] [--json] [--processor-time] [--only TEXT]</c>.</summary>
internal static class RatioProgram
{
    private static readonly Dictionary<string, Func<IEnumerable<Contest>>> s_areas = new(StringComparer.Ordinal)
    {
        ["crypto"] = CryptoContests.All,
        ["keys"] = KeyContests.All,
        ["ledger"] = LedgerContests.All,
        ["pool"] = PoolContests.All,
        ["consensus"] = ConsensusContests.All,
    };

    /// <summary>The areas' names.</summary>
    public static IEnumerable<string> Areas => s_areas.Keys;

    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        bool json = args.Contains("--json", StringComparer.Ordinal);
        bool byProcessorTime = args.Contains("--processor-time", StringComparer.Ordinal);
        int only = Array.IndexOf(args, "--only");
        if (only >= 0 && only + 1 == args.Length)
        {
            errors.WriteLine("--only needs a part of a contest's name.");
            return 2;
        }

        string part = only < 0 ? "" : args[only + 1];
        string[] areas = [.. args.Where((word, index) => only < 0 || (index != only && index != only + 1)).Except(["--json", "--processor-time"], StringComparer.Ordinal)];
        string? unknown = Array.Find(areas, area => !s_areas.ContainsKey(area));
        if (unknown is not null)
        {
            errors.WriteLine($"There is no area '{unknown}'; expected {string.Join(" or ", s_areas.Keys)}, or none for all.");
            return 2;
        }

        if (areas.Length == 0) areas = [.. s_areas.Keys];
        if (!json) output.WriteLine(Invariant($"{RuntimeInformation.FrameworkDescription}, {Processor.Description}, {Environment.ProcessorCount} cores; medians of interleaved slices{(byProcessorTime ? " by processor time" : "")} [least–greatest], bytes allocated by one"));
        foreach (Contest contest in areas.SelectMany(area => s_areas[area]()).Where(contest => contest.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            IReadOnlyList<Measurement> measured = Measurement.Of(contest, byProcessorTime);
            if (json)
                WriteJson(contest, measured, output);
            else
                WriteText(contest, measured, output);
        }

        return 0;
    }

    private static void WriteText(Contest contest, IReadOnlyList<Measurement> measured, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{contest.Name}, per second");
        foreach (Measurement measurement in measured)
        {
            string ratio = ReferenceEquals(measurement, measured[0]) ? "" : Invariant($"  ours is {measured[0].PerSecond / measurement.PerSecond:0.00} ×");
            output.WriteLine($"  {measurement.Name,-38} {Format(measurement.PerSecond),14} [{Format(measurement.Least)}–{Format(measurement.Greatest)}], {FormatBytes(measurement.Bytes)} B{ratio}");
        }
    }

    private static void WriteJson(Contest contest, IReadOnlyList<Measurement> measured, TextWriter output)
    {
        Measurement ours = measured[0];
        Measurement?[] rivals = measured.Count > 1 ? [.. measured.Skip(1)] : [null];
        foreach (Measurement? rival in rivals)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                name = contest.Name,
                perSecond = Math.Round(ours.PerSecond),
                bytes = Math.Round(ours.Bytes, 1),
                rival = rival?.Name,
                rivalPerSecond = rival is null ? (double?)null : Math.Round(rival.PerSecond),
                ratio = rival is null ? (double?)null : Math.Round(ours.PerSecond / rival.PerSecond, 3),
            }));
        }
    }

    // What a whole slice allocates, such as a thread, is nothing to one operation.
    private static string FormatBytes(double bytes) => bytes.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Format(double perSecond) => perSecond.ToString("#,0", CultureInfo.InvariantCulture);
}
