using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Node;

/// <summary>Decides which block is next: a state machine without I/O, one instance a node.</summary>
/// <remarks>May change in any release.</remarks>
public interface IChainMachine
{
    /// <summary>Why nothing is accepted any more, or <c>null</c>. A chain may have stopped in an earlier run already.</summary>
    HaltReason? HaltReason { get; }

    /// <summary>What judges the messages of the rule's producers, or <c>null</c> where they exchange none.</summary>
    ITopicRule? Topics => null;

    /// <summary>Takes one input and emits what is to happen.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">The node's wall clock: a chain compares timestamps, and sets no timer.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    void Step(IChainInput input, Timestamp now, IEffectSink<IChainEffect> effects);
}
