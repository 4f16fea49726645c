namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>How much of a threefold choice a test goes through: 199³ cases take minutes.</summary>
internal static class Scope
{
    /// <summary>Whether everything is asked for: <c>tests/long</c>.</summary>
    public static bool IsWhole => Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";

    /// <summary>All values of a third choice, or else a few that the seed decides.</summary>
    public static IEnumerable<int> Third(Random random, int few = 1, int first = 0) =>
        IsWhole ? Enumerable.Range(first, SmallGroup.Order - first) : Enumerable.Range(0, few).Select(_ => random.Next(first, SmallGroup.Order));

    /// <summary>A random source whose seed is printed.</summary>
    public static Random Seeded(int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        return new Random(seed);
    }
}
