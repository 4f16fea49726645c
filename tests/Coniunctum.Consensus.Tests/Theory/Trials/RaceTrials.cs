using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.Consensus.Tests.Theory.Trials;

/// <summary>
/// Rosenfeld's double spend: the attacker has one block ready when the payment is made, mines in secret until the payment has
/// its confirmations, then races on, and shows all as soon as that makes the honest miners' head its own.
/// </summary>
internal static class RaceTrials
{
    // With less than half of the hash rate the attacker gets back from here in less than one trial of 10⁹.
    private const double HopelessRisk = 1e-9;

    /// <summary>Returns in how many trials the payment is undone.</summary>
    public static int Run(double share, int confirmations, int trials, int seed)
    {
        var random = new Random(seed);
        var tree = new TrialTree(new HeaviestChain(), null);
        int hopeless = (int)Math.Ceiling(Math.Log(HopelessRisk) / Math.Log(share / (1 - share)));
        int undone = 0;
        var secret = new List<int>();
        for (int trial = 0; trial < trials; trial++)
        {
            tree.Clear();
            secret.Clear();
            secret.Add(tree.Find(0, isAttackers: true));
            int honest = 0;
            while (secret.Count + hopeless > honest)
            {
                if (honest >= confirmations && secret.Count > honest)
                {
                    secret.ForEach(tree.Show);
                    break;
                }

                if (random.NextDouble() < share)
                {
                    secret.Add(tree.Find(secret[^1], isAttackers: true));
                    continue;
                }

                tree.Show(tree.Find(tree.Head, isAttackers: false));
                honest++;
            }

            if (tree.IsAttackers(tree.Head)) undone++;
        }

        return undone;
    }
}
