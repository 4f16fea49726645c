using Coniunctum.Ledger;

namespace Coniunctum.Node.Output;

/// <summary>Figures as people read them.</summary>
internal static class Figures
{
    private static readonly string[] s_units = ["H/s", "kH/s", "MH/s", "GH/s", "TH/s"];

    /// <summary>Writes a hash rate with three digits or so.</summary>
    public static string Rate(double hashesPerSecond)
    {
        int unit = 0;
        for (; hashesPerSecond >= 1000 && unit < s_units.Length - 1; unit++) hashesPerSecond /= 1000;
        return Invariant($"{hashesPerSecond:0.##} {s_units[unit]}");
    }

    /// <summary>Writes the end of a block's identity: under proof-of-work it begins with zeros.</summary>
    public static string Short(BlockId id) => $"…{id.ToString()[^12..]}";
}
