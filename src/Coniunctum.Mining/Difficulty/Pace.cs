using Coniunctum.Ledger;

namespace Coniunctum.Mining.Difficulty;

/// <summary>Durations as rules reckon with them: whole milliseconds, and not more than their products have room for.</summary>
internal static class Pace
{
    // A year's milliseconds times any height, times 2¹⁶, is less than 2¹²⁷.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(366);

    public static long Milliseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMillisecond;

    public static Parameter Parameter(string name, TimeSpan duration) => new(name, (ulong)Milliseconds(duration));

    /// <summary>Refuses a duration that is not 1 ms to 366 days, in whole milliseconds.</summary>
    /// <exception cref="ArgumentException">The message says which it is.</exception>
    public static void Require(string name, TimeSpan duration)
    {
        if (duration < TimeSpan.FromMilliseconds(1) || duration > s_longest || duration.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new ArgumentException(Invariant($"The {name} must be 1 ms to {s_longest.TotalDays} days, in whole milliseconds, not {duration}."));
    }
}
