using Coniunctum.Benchmarks.Consensus;
using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>
/// The area <c>consensus</c>: Bitcoin's headers checked, and fork choices at 100,000 blocks and more: a block's weight taken in
/// and the head asked for, against weighing all of them anew.
/// </summary>
internal static class ConsensusContests
{
    public static IEnumerable<Contest> All()
    {
        var headers = new HeaderWork();
        yield return new Contest(
            "headers of Bitcoin's kind from bytes into a checked chain",
            new Contender("Coniunctum", headers.AddOurs, HeaderWork.Count),
            new Contender(Rivals.NBitcoin, headers.AddTheirs, HeaderWork.Count));
        foreach (int tips in (int[])[1_000, 30_000])
        {
            var ghost = new ForkChoiceWork(new Ghost(), tips);
            yield return new Contest(
                Invariant($"blocks under the heaviest subtree, {ghost.Tips:#,0} tips"),
                new Contender("Coniunctum", ghost.Add),
                new Contender("weighing from scratch", ghost.WeighFromScratch),
                new Contender("heaviest chain", new ForkChoiceWork(new HeaviestChain(), tips).Add));
        }
    }
}
