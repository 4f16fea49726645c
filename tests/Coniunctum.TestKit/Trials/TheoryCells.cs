using Coniunctum.Mining.Probability;

namespace Coniunctum.TestKit.Trials;

/// <summary>The tables of theory, cell by cell: what the formula says, and what the fork choice does.</summary>
internal static class TheoryCells
{
    /// <summary>Standard errors that 99.9 % of all outcomes lie within.</summary>
    public const double Quantile = 3.2905;

    public static double[] RaceShares { get; } = [0.05, 0.1, 0.2, 0.3, 0.4];

    public static int[] Confirmations { get; } = [1, 2, 3, 4, 6, 8, 10];

    public static double[] SelfishShares { get; } = [0.1, 0.2, 0.25, 1 / 3.0, 0.4, 0.45];

    public static SelfishTies[] Ties { get; } = [SelfishTies.HonestSeenFirst, SelfishTies.Drawn, SelfishTies.PoolSeenFirst];

    public static Cell Race(double share, int confirmations, int trials)
    {
        double expected = DoubleSpend.Rosenfeld(confirmations, share);
        int undone = RaceTrials.Run(share, confirmations, trials, (confirmations * 1_000) + (int)(share * 100));
        return new Cell(expected, undone / (double)trials, Math.Sqrt(expected * (1 - expected) / trials));
    }

    public static Cell Selfish(double share, SelfishTies ties, int rounds)
    {
        (double revenue, double error) = SelfishTrials.Run(share, ties, rounds, ((int)ties * 1_000) + (int)(share * 100));
        return new Cell(SelfishTrials.Expected(share, SelfishTrials.GammaOf(ties)), revenue, error);
    }

    /// <summary>One cell.</summary>
    /// <param name="Expected">What the formula says.</param>
    /// <param name="Found">What came out.</param>
    /// <param name="Error">The standard error of that.</param>
    internal readonly record struct Cell(double Expected, double Found, double Error)
    {
        public bool IsInside => Math.Abs(Found - Expected) <= Quantile * Error;
    }
}
