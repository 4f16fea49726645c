namespace Coniunctum.Mining.Probability;

/// <summary>
/// How likely a payment is undone although blocks confirm it: an attacker with a share of the hash rate secretly builds
/// another chain from before the payment, and publishes it if it ever catches up. Pure functions, safe on any thread.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Rosenfeld"/> is exact under the model of Rosenfeld, "Analysis of hashrate-based double spending" (2014,
/// arXiv:1402.2009, equation 1): the attacker's progress while the honest miners find the confirmations is negative binomial,
/// and he starts one block ahead. <see cref="Nakamoto"/> is the older approximation of "Bitcoin: a peer-to-peer electronic
/// cash system" (2008, section 11), which takes that progress as Poisson and is too low for few confirmations. What
/// explorers show is usually Nakamoto's; to decide by, take Rosenfeld's.
/// </para>
/// <para>
/// Both assume that every miner hears of a block at once, that shares do not change, and that the attacker never gives up.
/// Under a rule with finality they say nothing.
/// </para>
/// <para>
/// Both sums are arranged so that only positive terms are added: risks near 0 keep a relative precision of about 10⁻¹¹ for up
/// to thousands of confirmations. What is less than the smallest normal number may come out as 0.
/// </para>
/// </remarks>
public static class DoubleSpend
{
    /// <summary>The most confirmations that are calculated with: 1,000,000.</summary>
    public const int MaxConfirmations = 1_000_000;

    // A part of a sum that a double does not notice.
    private const double Negligible = 1e-17;

    // Below it doubles lose digits, and a factor just below 1 no longer makes them smaller.
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>Returns the risk of a payment after Rosenfeld: 1 − Σ for m from 0 to n of C(m+n−1, m)·(pⁿqᵐ − pᵐqⁿ), with p = 1 − q.</summary>
    /// <param name="confirmations">n: how many blocks confirm the payment, its own counted; 0 to <see cref="MaxConfirmations"/>.</param>
    /// <param name="attackerShare">q: the attacker's part of all hash rate, 0 to 1.</param>
    /// <returns>A probability; 1 without confirmations, and from a share of a half on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside of its range.</exception>
    public static double Rosenfeld(int confirmations, double attackerShare)
    {
        ThrowUnlessInRange(confirmations, attackerShare);
        if (confirmations == 0 || attackerShare >= 0.5) return 1;

        // Rosenfeld's sum equals (p − q)·Σ for k from n on of C(2k, k)·(pq)ᵏ, and all of that series from 0 on is 1. (Grunspan
        // and Pérez-Marco, "Double spend races", 2018, give it as the incomplete beta function I with x = 4pq at (n, 1/2),
        // whose differences in n are these terms.)
        double product = attackerShare * (1 - attackerShare);
        double lead = 1 - (2 * attackerShare);
        double term = 1;
        double head = 0;
        int k = 0;
        for (; k < confirmations && term > SmallestNormal; k++)
        {
            head += term;
            term *= product * (4 - (2.0 / (k + 1)));
        }

        // Near 0 the complement of the terms before n would cancel. The terms from n on do not, and there they vanish within some
        // 20 times n; what is left behind a term is less than the term divided by 1 − 4pq, the square of p − q.
        double risk = 1 - (lead * head);
        if (risk > 0.01) return risk;
        double tail = 0;
        for (; term > Math.Max(SmallestNormal, tail * Negligible * lead * lead); k++)
        {
            tail += term;
            term *= product * (4 - (2.0 / (k + 1)));
        }

        return lead * tail;
    }

    /// <summary>Returns the risk of a payment after Nakamoto: 1 − Σ for k from 0 to n of λᵏe^−λ/k!·(1 − (q/p)^(n−k)), with λ = nq/p.</summary>
    /// <param name="confirmations">n: how many blocks confirm the payment, its own counted; 0 to <see cref="MaxConfirmations"/>.</param>
    /// <param name="attackerShare">q: the attacker's part of all hash rate, 0 to 1.</param>
    /// <returns>A probability; 1 without confirmations, and from a share of a half on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside of its range.</exception>
    public static double Nakamoto(int confirmations, double attackerShare)
    {
        ThrowUnlessInRange(confirmations, attackerShare);
        if (confirmations == 0 || attackerShare >= 0.5) return 1;
        if (attackerShare == 0) return 0;

        // With ρ = q/p the sum is e^−λ·(Σ for k ≤ n of ρⁿnᵏ/k! + Σ for k > n of λᵏ/k!). The term at k = n is
        // ρⁿnⁿ/n!, and all others follow from it by factors of at most 1: no cancellation, and no number too large.
        double n = confirmations;
        double ratio = attackerShare / (1 - attackerShare);
        double sum = 0;
        double term = 1;
        for (int k = 0; term > sum * Negligible; k++)
        {
            sum += term;
            term *= (n - k) / n;
        }

        term = ratio * n / (n + 1);
        for (int k = 2; term > sum * Negligible; k++)
        {
            sum += term;
            term *= ratio * n / (n + k);
        }

        return Math.Min(1, sum * Math.Exp(n * (1 - ratio + Math.Log(ratio))) * PoissonMode(confirmations));
    }

    /// <summary>Returns how many confirmations bring the risk after <see cref="Rosenfeld"/> down to a bound.</summary>
    /// <param name="risk">The greatest risk that is accepted, above 0 and at most 1.</param>
    /// <param name="attackerShare">The attacker's part of all hash rate, 0 to 1.</param>
    /// <returns>The least number of confirmations; <c>null</c> when <see cref="MaxConfirmations"/> are not enough, as from a share of a half on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside of its range.</exception>
    public static int? ConfirmationsByRosenfeld(double risk, double attackerShare) => FindConfirmations(Rosenfeld, risk, attackerShare);

    /// <summary>Returns how many confirmations bring the risk after <see cref="Nakamoto"/> down to a bound.</summary>
    /// <param name="risk">The greatest risk that is accepted, above 0 and at most 1.</param>
    /// <param name="attackerShare">The attacker's part of all hash rate, 0 to 1.</param>
    /// <returns>The least number of confirmations; <c>null</c> when <see cref="MaxConfirmations"/> are not enough, as from a share of a half on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside of its range.</exception>
    public static int? ConfirmationsByNakamoto(double risk, double attackerShare) => FindConfirmations(Nakamoto, risk, attackerShare);

    /// <summary>Searches by halving: the risk falls with every confirmation.</summary>
    private static int? FindConfirmations(Func<int, double, double> riskOf, double risk, double attackerShare)
    {
        if (!(risk > 0 && risk <= 1)) throw new ArgumentOutOfRangeException(nameof(risk), risk, "A risk is above 0 and at most 1.");
        if (riskOf(0, attackerShare) <= risk) return 0;
        int tooFew = 0;
        int enough = 1;
        while (riskOf(enough, attackerShare) > risk)
        {
            if (enough == MaxConfirmations) return null;
            tooFew = enough;
            enough = Math.Min(2 * enough, MaxConfirmations);
        }

        while (enough - tooFew > 1)
        {
            int middle = tooFew + ((enough - tooFew) / 2);
            if (riskOf(middle, attackerShare) <= risk)
                enough = middle;
            else
                tooFew = middle;
        }

        return enough;
    }

    /// <summary>nⁿe^−n/n!, the greatest probability of a Poisson distribution with mean n.</summary>
    private static double PoissonMode(int n)
    {
        if (n <= 16)
        {
            double exact = Math.Exp(-n);
            for (int i = 1; i <= n; i++) exact *= (double)n / i;
            return exact;
        }

        // Stirling's series (NIST Digital Library of Mathematical Functions, 5.11.1): from here on four terms are exact to a double.
        double x = 1.0 / n;
        double square = x * x;
        double remainder = x * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680))))));
        return Math.Exp(-remainder) / Math.Sqrt(2 * Math.PI * n);
    }

    private static void ThrowUnlessInRange(int confirmations, double attackerShare)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(confirmations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(confirmations, MaxConfirmations);
        if (!(attackerShare >= 0 && attackerShare <= 1)) throw new ArgumentOutOfRangeException(nameof(attackerShare), attackerShare, "A share is 0 to 1.");
    }
}
