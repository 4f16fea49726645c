using Coniunctum.Consensus;

namespace Coniunctum.P2P.Internal;

/// <summary>The inputs of a node, as those who bring them know them. Safe to use from several threads.</summary>
public interface INodeInputs
{
    /// <summary>Adds an input; waits while there is no room for what its peer sends.</summary>
    /// <param name="input">The input.</param>
    /// <returns>Whether it will be taken: not behind the node's end.</returns>
    ValueTask<bool> AddAsync(NodeInput input);
}
