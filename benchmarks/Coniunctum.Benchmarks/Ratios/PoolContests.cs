using Coniunctum.Benchmarks.Consensus;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The pool with 100,000 transactions in it, against the plainly written pool of the tests. Everything runs on one core.</summary>
internal static class PoolContests
{
    public static IEnumerable<Contest> All()
    {
        var admissions = new AdmissionWork();
        yield return new Contest(
            "admissions at 100,000 pooled, signatures apart, and a block for every 2,000",
            new Contender("Coniunctum", admissions.AdmitAndConfirm),
            new Contender("plain pool, without the blocks", admissions.AdmitPlainly));
        yield return new Contest(
            "admissions into a full pool of 100,000, each evicting one",
            new Contender("Coniunctum", new FullPoolWork().Admit),
            new Contender("plain pool", new FullPoolWork().AdmitPlainly));
        var signed = new SignedAdmissionWork();
        yield return new Contest(
            "admissions at 100,000 pooled with their signatures, 512 at a time",
            new Contender("Coniunctum", signed.Admit, SignedAdmissionWork.Batch),
            new Contender("recovering alone", signed.Recover, SignedAdmissionWork.Batch));
        var candidates = new CandidateWork();
        yield return new Contest(
            Invariant($"candidates of {candidates.TransactionsInBlock} transactions out of 100,000"),
            new Contender("Coniunctum", candidates.Build),
            new Contender("their execution and roots alone", candidates.Execute),
            new Contender("plain pool", candidates.BuildPlainly));
        yield return new Contest(
            "orders of 100,000 for a candidate",
            new Contender("Coniunctum", candidates.Order),
            new Contender("plain pool", candidates.OrderPlainly));
    }
}
