using Coniunctum.Benchmarks.Crypto;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The area <c>crypto</c>.</summary>
internal static class CryptoContests
{
    public static IEnumerable<Contest> All()
    {
        yield return NonceSearch();
    }

    /// <summary>The first paper's proof-of-work: nonces of an int32coin header tried on one core.</summary>
    private static Contest NonceSearch()
    {
        var work = new NonceWork();
        return new Contest(
            "nonces (int32coin header, one core)",
            new Contender("Coniunctum", work.SearchOurs),
            new Contender("in-box SHA3_256", work.SearchInBox),
            new Contender("Portable.BouncyCastle", work.SearchBouncyCastle));
    }
}
