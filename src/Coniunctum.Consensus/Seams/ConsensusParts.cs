using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.Consensus;

/// <summary>What decides for one ledger which block is next.</summary>
/// <param name="Rule">May this header follow.</param>
/// <param name="ForkChoice">Which tip wins.</param>
/// <param name="Finality">What can no longer change.</param>
/// <param name="Initial">What the rule carries at genesis.</param>
/// <param name="Topics">Which messages its producers exchange; <c>null</c>, the default, where they exchange none.</param>
public sealed record ConsensusParts(IConsensusRule Rule, IForkChoice ForkChoice, IFinality Finality, RuleState Initial, ITopicRule? Topics = null)
{
    /// <summary>The parts of a rule that carries nothing, whose heaviest chain wins, and under which nothing is final.</summary>
    /// <param name="rule">May this header follow.</param>
    public ConsensusParts(IConsensusRule rule)
        : this(rule, new HeaviestChain(), new NoFinality(), RuleState.None)
    {
    }
}
