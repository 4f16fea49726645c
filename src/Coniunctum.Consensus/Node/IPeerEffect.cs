namespace Coniunctum.Consensus.Node;

/// <summary>
/// What a peer machine may emit: for the chain <see cref="NodeInput.BlockArrived"/>, <see cref="NodeInput.HeaderArrived"/> and <see cref="NodeInput.TransactionArrived"/>,
/// for the node to judge <see cref="NodeInput.MessageArrived"/>, each with its peer, and for the network <see cref="NodeEffect.ToNetwork"/>;
/// and <see cref="NodeEffect.SetTimer"/>, which is its own, whatever its name.
/// </summary>
/// <remarks>May change in any release.</remarks>
public interface IPeerEffect;
