using Coniunctum.Consensus.Chain;

namespace Coniunctum.TestKit.Chains;

/// <summary>How often a chain has executed blocks, candidates among them, and how often it adopted one that had been executed before.</summary>
internal readonly record struct ExecutionCounts(long Executions, long Reuses)
{
    public static ExecutionCounts Of(ChainCore chain) => new(chain.Executions, chain.Reuses);
}
