namespace Coniunctum.Consensus.Node;

/// <summary>What a chain takes, of what reaches the node and of what the producer beside it asks for.</summary>
/// <remarks>May change in any release.</remarks>
public interface IChainInput;
