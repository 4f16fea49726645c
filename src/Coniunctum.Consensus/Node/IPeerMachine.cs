namespace Coniunctum.Consensus.Node;

/// <summary>Speaks with other nodes: a state machine without I/O, one instance a node. The tips that it hears of are durable.</summary>
/// <remarks>May change in any release.</remarks>
public interface IPeerMachine
{
    /// <summary>Takes one input and emits what is to happen.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">What the node's clocks show.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    void Step(IPeerInput input, NodeTime now, IEffectSink<IPeerEffect> effects);
}
