namespace Coniunctum.Consensus.Node;

/// <summary>What a chain takes, of what reaches the node and of what the producer beside it asks for.</summary>
public interface IChainInput;
