using Coniunctum.Benchmarks.Crypto;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The area <c>keys</c>: what a password costs.</summary>
internal static class KeyContests
{
    public static IEnumerable<Contest> All()
    {
        var work = new ScryptWork();
        Contender bouncyCastle = new("Portable.BouncyCastle", work.DeriveBouncyCastle);
        yield return new Contest(
            "scrypt with n=2^14, r=8",
            new Contender("Coniunctum", work.DeriveOurs),
            work.HasOpenSsl ? [new Contender("OpenSSL", work.DeriveOpenSsl), bouncyCastle] : [bouncyCastle]);
    }
}
