using Coniunctum.Benchmarks.Crypto;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The area <c>crypto</c>. All on one core unless the name says otherwise.</summary>
internal static class CryptoContests
{
    public static IEnumerable<Contest> All()
    {
        yield return Nonces();
        using var signatures = new SignatureWork();
        foreach (Contest contest in Signatures(signatures)) yield return contest;
    }

    /// <summary>The first paper's proof-of-work: nonces of an int32coin header.</summary>
    private static Contest Nonces()
    {
        var work = new NonceWork();
        return new Contest(
            "nonces",
            new Contender("Coniunctum", work.SearchOurs),
            new Contender("in-box SHA3_256", work.SearchInBox),
            new Contender("Portable.BouncyCastle", work.SearchBouncyCastle));
    }

    private static IEnumerable<Contest> Signatures(SignatureWork work)
    {
        yield return new Contest(
            "sign",
            new Contender("Coniunctum", work.SignOurs),
            [.. Native(work, work.SignNative), new Contender("in-box ECDsa", work.SignInBox), new Contender("Portable.BouncyCastle", work.SignBouncyCastle)]);
        yield return new Contest(
            "recover",
            new Contender("Coniunctum", work.RecoverOurs),
            [.. Native(work, work.RecoverNative)]);
        yield return new Contest(
            "recover in batches of 8",
            new Contender("Coniunctum", count => work.RecoverBatches(count, 8), 8),
            [.. Native(work, work.RecoverNative)]);
        // Who only verifies has the key already: what the rivals do here is less than recovering.
        yield return new Contest(
            "recover in batches of 512",
            new Contender("Coniunctum", count => work.RecoverBatches(count, 512), 512),
            [
                .. Native(work, work.RecoverNative),
                .. Native(work, work.VerifyNative).Select(rival => rival with { Name = rival.Name + " verify" }),
                new Contender("in-box ECDsa verify", work.VerifyInBox),
                new Contender("Portable.BouncyCastle verify", work.VerifyBouncyCastle),
            ]);
    }

    private static IEnumerable<Contender> Native(SignatureWork work, Action<int> run) =>
        work.Native is null ? [] : [new Contender("libsecp256k1", run)];
}
