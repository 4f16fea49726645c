using System.Globalization;
using Coniunctum.Mining.Probability;

namespace Coniunctum.Benchmarks.Theory;

/// <summary>Attacks on the library's own fork choice against the published formulas: <c>theory [TRIALS] [--svg FILE]</c>.</summary>
internal static class TheoryProgram
{
    private const int DefaultTrials = 1_000_000;

    private static readonly string[] s_colors = ["#0b6e4f", "#1f5f99", "#b7791f", "#b83227", "#6b3fa0"];

    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        int trials = DefaultTrials;
        string? file = null;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--svg" && i + 1 < args.Length)
            {
                file = args[++i];
            }
            else if (!int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out trials) || trials < 100)
            {
                errors.WriteLine($"'{args[i]}' is no number of trials from 100 on. Expected: theory [TRIALS] [--svg FILE]");
                return 2;
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trials:#,0} trials a cell; a cell is inside when it lies within {TheoryCells.Quantile} standard errors (99.9 %)"));
        int outside = 0;
        SvgPlot races = PlayRaces(trials, output, ref outside);
        SvgPlot pools = PlayPools(trials, output, ref outside);
        int cells = (TheoryCells.RaceShares.Length * TheoryCells.Confirmations.Length) + (TheoryCells.SelfishShares.Length * TheoryCells.Ties.Length);
        output.WriteLine();
        output.WriteLine(Invariant($"{cells - outside} of {cells} cells inside"));
        if (file is not null) File.WriteAllText(file, SvgPlot.Beside(races, pools));
        return outside == 0 ? 0 : 1;
    }

    private static SvgPlot PlayRaces(int trials, TextWriter output, ref int outside)
    {
        var plot = new SvgPlot("Double spend (Rosenfeld 2014)", "confirmations", "risk", isLogarithmic: true, (0, 10), (1e-5, 1));
        output.WriteLine();
        output.WriteLine("Double spend, heaviest chain, one block ready (Rosenfeld 2014): risk by formula, as played");
        output.WriteLine("share  " + string.Concat(TheoryCells.Confirmations.Select(confirmations => $"{Invariant($"n = {confirmations}"),-22}")));
        for (int row = 0; row < TheoryCells.RaceShares.Length; row++)
        {
            double share = TheoryCells.RaceShares[row];
            TheoryCells.Cell[] cells = [.. TheoryCells.Confirmations.Select(confirmations => TheoryCells.Race(share, confirmations, trials))];
            Write(output, share, cells, ref outside);
            plot.AddLine($"q = {Format(share)}", s_colors[row], Enumerable.Range(0, 11).Select(n => ((double)n, DoubleSpend.Rosenfeld(n, share))));
            plot.AddPoints(s_colors[row], cells.Select((cell, column) => ((double)TheoryCells.Confirmations[column], cell.Found)));
        }

        return plot;
    }

    private static SvgPlot PlayPools(int trials, TextWriter output, ref int outside)
    {
        var plot = new SvgPlot("Selfish mining (Eyal and Sirer 2014)", "pool's share of hash rate", "share of blocks", isLogarithmic: false, (0, 0.5), (0, 1));
        plot.AddLine("honest", "#888888", [(0, 0), (0.5, 0.5)]);
        output.WriteLine();
        output.WriteLine("Selfish mining, heaviest chain (Eyal and Sirer 2014): pool's share of the blocks by formula, as played");
        output.WriteLine("share  " + string.Concat(TheoryCells.Ties.Select(ties => $"{$"gamma = {Format(SelfishTrials.GammaOf(ties))}",-22}")));
        var found = TheoryCells.Ties.ToDictionary(ties => ties, _ => new List<(double, double)>());
        foreach (double share in TheoryCells.SelfishShares)
        {
            TheoryCells.Cell[] cells = [.. TheoryCells.Ties.Select(ties => TheoryCells.Selfish(share, ties, trials))];
            Write(output, share, cells, ref outside);
            for (int i = 0; i < cells.Length; i++) found[TheoryCells.Ties[i]].Add((share, cells[i].Found));
        }

        for (int i = 0; i < TheoryCells.Ties.Length; i++)
        {
            double gamma = SelfishTrials.GammaOf(TheoryCells.Ties[i]);
            plot.AddLine($"γ = {Format(gamma)}", s_colors[i], Enumerable.Range(0, 50).Select(step => (step / 100.0, SelfishTrials.Expected(step / 100.0, gamma))));
            plot.AddPoints(s_colors[i], found[TheoryCells.Ties[i]]);
        }

        return plot;
    }

    private static void Write(TextWriter output, double share, TheoryCells.Cell[] cells, ref int outside)
    {
        output.WriteLine($"{Format(share),-7}" + string.Concat(cells.Select(cell =>
            string.Create(CultureInfo.InvariantCulture, $"{cell.Expected,9:0.000000} {cell.Found,9:0.000000}{(cell.IsInside ? "  " : " !")} "))));
        outside += cells.Count(cell => !cell.IsInside);
    }

    private static string Format(double share) => share.ToString("0.##", CultureInfo.InvariantCulture);
}
