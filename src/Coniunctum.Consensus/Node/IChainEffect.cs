namespace Coniunctum.Consensus.Node;

/// <summary>What a chain emits: what leaves the node, and what its producer hears.</summary>
/// <remarks>May change in any release.</remarks>
public interface IChainEffect;
