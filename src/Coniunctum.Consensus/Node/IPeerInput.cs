namespace Coniunctum.Consensus.Node;

/// <summary>
/// What a peer machine takes: of the node <see cref="NodeInput.Started"/> and <see cref="NodeInput.TimerFired"/>, each timer as the machine
/// named it, of the chain <see cref="NodeEffect.FetchBlock"/>, <see cref="NodeEffect.TipMoved"/>, <see cref="NodeEffect.BlockJudged"/>, <see cref="NodeEffect.BlockSettled"/>, <see cref="NodeEffect.HeaderJudged"/>,
/// <see cref="NodeEffect.TransactionJudged"/>, <see cref="NodeEffect.TransactionMoved"/> and
/// <see cref="NodeEffect.TransactionDropped"/>, of messages <see cref="NodeEffect.MessageJudged"/>, of the producer <see cref="NodeEffect.Send"/>, of what is prepared for it <see cref="ProducerInput.Prepared"/>, and of the network
/// <see cref="NodeInput.FromNetwork"/>.
/// </summary>
/// <remarks>May change in any release.</remarks>
public interface IPeerInput;
