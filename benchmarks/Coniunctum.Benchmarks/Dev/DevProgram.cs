using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Coniunctum.Benchmarks.Ratios;

namespace Coniunctum.Benchmarks.Dev;

/// <summary>
/// The quick mode <c>ratios dev</c>: our development chain against anvil, each a program that was compiled ahead of time, in turns:
/// how soon it answers, how many transfers a second it takes and confirms, how much memory it has.
/// </summary>
internal static class DevProgram
{
    private const string AnvilOption = "--anvil", OwnOption = "--native";
    private const string AnvilVariable = "CONIUNCTUM_ANVIL";
    private const string OwnDefault = "artifacts/native/Coniunctum.Node";
    private const int Connections = 16;

    private static readonly (string Name, string Unit, Func<DevRun, double> Of)[] s_figures =
    [
        ("first answer", "ms after the process was started", run => run.FirstAnswer),
        ("transfers submitted", "a second", run => run.Submitted),
        ("transfers confirmed", "a second", run => run.Confirmed),
        ("peak memory", "MiB", run => run.Peak),
        ("blocks", "that hold them", run => run.Blocks),
    ];

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        bool json = args.Contains("--json", StringComparer.Ordinal);
        List<string> rest = [.. args.Where(arg => arg is not "--json")];
        string own = Take(rest, OwnOption) ?? OwnDefault;
        string? anvil = Take(rest, AnvilOption) ?? Environment.GetEnvironmentVariable(AnvilVariable);
        int rounds = 5, transfers = 3_000;
        if (rest.Count > 2 || !TryNumber(rest, 0, ref rounds) || !TryNumber(rest, 1, ref transfers))
        {
            await errors.WriteLineAsync($"Expected: ratios dev [ROUNDS] [TRANSFERS] [{AnvilOption} FILE] [{OwnOption} FILE] [--json]");
            return 2;
        }

        if (!File.Exists(own))
        {
            await errors.WriteLineAsync($"There is no program {own}: publish samples/Coniunctum.Node with -p:PublishAot=true, as docs/BENCHMARKS.md says, or name it with {OwnOption}.");
            return 2;
        }

        if (!OperatingSystem.IsLinux() || !File.Exists(anvil))
        {
            await output.WriteLineAsync(OperatingSystem.IsLinux()
                ? $"Skipped: there is no anvil {(anvil is null ? "" : $"at {anvil} ")}to race against; docs/BENCHMARKS.md says how to install it. Name its program with {AnvilOption} or in {AnvilVariable}."
                : "Skipped: the memory of a process is read as Linux tells it.");
            return 0;
        }

        Entrant[] entrants =
        [
            new("Coniunctum", () => new ConiunctumNode(own, isKept: true)),
            new("Coniunctum in memory", () => new ConiunctumNode(own, isKept: false)),
            new(AnvilNode.NameOf(anvil), () => new AnvilNode(anvil)),
        ];
        if (!json) await output.WriteLineAsync(Invariant($"{RuntimeInformation.OSDescription}, {Processor.Description}, {Environment.ProcessorCount} cores; {transfers} transfers over {Connections} connections, medians of {rounds} runs in turns [least–greatest]"));
        try
        {
            await RaceAsync(entrants, rounds, transfers, errors);
        }
        catch (IOException exception)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }

        foreach (Entrant entrant in entrants)
        {
            if (entrant.Standstills > 0) await errors.WriteLineAsync(Invariant($"{entrant.Name} stood still in {entrant.Standstills} of {rounds} runs, which do not count."));
            if (entrant.Runs.Count == 0) return 1;
        }

        foreach ((string name, string unit, Func<DevRun, double> of) in s_figures) Write(output, entrants, name, unit, of, json);
        return 0;
    }

    private static async Task RaceAsync(Entrant[] entrants, int rounds, int transfers, TextWriter progress)
    {
        // The first round fills the caches of the disk, and compiles this program; it does not count.
        for (int round = -1; round < rounds; round++)
        {
            foreach (Entrant entrant in round % 2 == 0 ? entrants : entrants.Reverse())
            {
                string label = round < 0 ? "warm-up" : Invariant($"run {round + 1} of {rounds}");
                using DevNode node = entrant.Make();
                DevRun run;
                try
                {
                    run = await DevRun.OfAsync(node, transfers, Connections);
                }
                catch (TimeoutException exception)
                {
                    await progress.WriteLineAsync($"{label}, {entrant.Name} stands still: {exception.Message}");
                    if (round >= 0) entrant.Standstills++;
                    continue;
                }

                await progress.WriteLineAsync(Invariant($"{label}, {entrant.Name}: {run.FirstAnswer:0} ms, {run.Submitted:0} and {run.Confirmed:0} a second, {run.Peak:0} MiB"));
                if (round >= 0) entrant.Runs.Add(run);
            }
        }
    }

    private static void Write(TextWriter output, Entrant[] entrants, string name, string unit, Func<DevRun, double> of, bool json)
    {
        double[][] figures = Array.ConvertAll(entrants, entrant => entrant.Runs.Select(of).Order().ToArray());
        double[] medians = Array.ConvertAll(figures, Median);
        if (json)
        {
            for (int i = 1; i < entrants.Length; i++) WriteJson(output, name, unit, figures[0], entrants[i].Name, figures[i]);
            return;
        }

        output.WriteLine();
        output.WriteLine($"{name}, {unit}");
        for (int i = 0; i < entrants.Length; i++)
        {
            string ratio = i == 0 || medians[i] == 0 ? "" : Invariant($"  ours is {medians[0] / medians[i]:0.00} ×");
            output.WriteLine($"  {entrants[i].Name,-24} {Show(medians[i]),10} [{Show(figures[i][0])}–{Show(figures[i][^1])}]{ratio}");
        }
    }

    private static void WriteJson(TextWriter output, string name, string unit, double[] ours, string rival, double[] theirs) => output.WriteLine(JsonSerializer.Serialize(new
    {
        name,
        unit,
        ours = Round(Median(ours)),
        oursLeast = Round(ours[0]),
        oursGreatest = Round(ours[^1]),
        rival,
        theirs = Round(Median(theirs)),
        theirsLeast = Round(theirs[0]),
        theirsGreatest = Round(theirs[^1]),
        ratio = Median(theirs) == 0 ? (double?)null : Math.Round(Median(ours) / Median(theirs), 3),
    }));

    private static double Median(double[] sorted) => sorted[sorted.Length / 2];

    private static string Show(double figure) => figure.ToString(figure < 1_000 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static double Round(double figure) => Math.Round(figure, 1);

    private static string? Take(List<string> args, string option)
    {
        int at = args.IndexOf(option);
        if (at < 0 || at + 1 >= args.Count) return null;
        string value = args[at + 1];
        args.RemoveRange(at, 2);
        return value;
    }

    private static bool TryNumber(List<string> args, int at, ref int number) =>
        at >= args.Count || (int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0);

    private sealed record Entrant(string Name, Func<DevNode> Make)
    {
        public List<DevRun> Runs { get; } = [];

        /// <summary>Runs that have no figures, since not all transfers came into blocks.</summary>
        public int Standstills { get; set; }
    }
}
