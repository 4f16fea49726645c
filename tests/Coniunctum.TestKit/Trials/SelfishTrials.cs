using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.TestKit.Trials;

/// <summary>
/// Eyal and Sirer's selfish pool: it keeps its blocks secret, shows one for every honest block that catches up with it, and all
/// when its lead has shrunk to one. What part of the honest miners follows it in a tie is their fork choice's doing.
/// </summary>
internal static class SelfishTrials
{
    /// <summary>Plays rounds, each until everybody agrees again.</summary>
    /// <param name="share">The pool's part of all hash rate.</param>
    /// <param name="ties">How honest miners decide ties.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="seed">What randomness follows from.</param>
    /// <returns>The pool's part of the blocks that count, and the standard error of that.</returns>
    public static (double Revenue, double Error) Run(double share, SelfishTies ties, int rounds, int seed)
    {
        var random = new Random(seed);
        var tree = new TrialTree(new HeaviestChain(), ties == SelfishTies.Drawn ? new Random(seed + 1) : null);
        // Moments of a round's own and all blocks, for the error of their ratio.
        double own = 0, all = 0, ownOwn = 0, ownAll = 0, allAll = 0;
        for (int round = 0; round < rounds; round++)
        {
            (int attackers, int honest) = Play(tree, share, ties, random);
            int sum = attackers + honest;
            own += attackers;
            all += sum;
            ownOwn += (double)attackers * attackers;
            ownAll += (double)attackers * sum;
            allAll += (double)sum * sum;
        }

        double revenue = own / all;
        double squares = ownOwn - (2 * revenue * ownAll) + (revenue * revenue * allAll);
        return (revenue, Math.Sqrt(squares) / all);
    }

    /// <summary>The published formula.</summary>
    public static double Expected(double share, double gamma)
    {
        double a = share;
        return ((a * (1 - a) * (1 - a) * ((4 * a) + (gamma * (1 - (2 * a))))) - (a * a * a)) / (1 - (a * (1 + ((2 - a) * a))));
    }

    public static double GammaOf(SelfishTies ties) => ties switch
    {
        SelfishTies.HonestSeenFirst => 0,
        SelfishTies.Drawn => 0.5,
        SelfishTies.PoolSeenFirst => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(ties)),
    };

    private static (int Attackers, int Honest) Play(TrialTree tree, double share, SelfishTies ties, Random random)
    {
        tree.Clear();
        var secret = new Queue<int>();
        int top = 0;
        while (true)
        {
            if (random.NextDouble() < share)
            {
                bool isRace = top != 0 && secret.Count == 0;
                top = tree.Find(top, isAttackers: true);
                secret.Enqueue(top);
                if (!isRace) continue;
                tree.Show(top);
                return tree.CountBestChain();
            }

            int found = tree.Find(tree.Head, isAttackers: false);
            if (secret.Count == 0)
            {
                tree.Show(found);
                return tree.CountBestChain();
            }

            int lead = tree.HeightOf(top) - tree.HeightOf(found);
            if (ties == SelfishTies.PoolSeenFirst) tree.Show(secret.Dequeue());
            tree.Show(found);
            if (ties != SelfishTies.PoolSeenFirst) tree.Show(secret.Dequeue());
            if (lead != 1) continue;
            while (secret.TryDequeue(out int block)) tree.Show(block);
            return tree.CountBestChain();
        }
    }
}
