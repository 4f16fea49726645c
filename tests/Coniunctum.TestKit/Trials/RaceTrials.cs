using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.TestKit.Trials;

/// <summary>
/// Rosenfeld's double spend: the attacker has one block ready when the payment is made, mines in secret until the payment has
/// its confirmations, then races on, and shows all as soon as that makes the honest miners' head its own.
/// </summary>
internal static class RaceTrials
{
    // With less than half of the hash rate the attacker gets back from here in less than one trial of 10⁷.
    private const double HopelessRisk = 1e-7;

    /// <summary>Returns in how many trials the payment is undone.</summary>
    public static int Run(double share, int confirmations, int trials, int seed)
    {
        var random = new Random(seed);
        var tree = new TrialTree(new HeaviestChain(), null);
        int hopeless = (int)Math.Ceiling(Math.Log(HopelessRisk) / Math.Log(share / (1 - share)));
        int undone = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            int secret = 1;
            int honest = 0;
            while (honest < confirmations || (secret <= honest && secret + hopeless > honest))
            {
                if (random.NextDouble() < share)
                    secret++;
                else
                    honest++;
            }

            if (secret > honest && Undoes(tree, secret, honest)) undone++;
        }

        return undone;
    }

    /// <summary>
    /// Shows the honest blocks, each found on the head of its time, then the secret ones. Until these are shown nothing competes,
    /// so that trials in which they never are need no tree.
    /// </summary>
    private static bool Undoes(TrialTree tree, int secret, int honest)
    {
        tree.Clear();
        for (int i = 0; i < honest; i++) tree.Show(tree.Find(tree.Head, isAttackers: false));
        for (int i = 0, top = 0; i < secret; i++) tree.Show(top = tree.Find(top, isAttackers: true));
        return tree.IsAttackers(tree.Head);
    }
}
