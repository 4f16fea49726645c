namespace Coniunctum.Consensus;

/// <summary>
/// What a producer takes: every <see cref="ProducerInput"/>, and of what reaches the node <see cref="NodeInput.Started"/>,
/// <see cref="NodeInput.TimerFired"/> and <see cref="NodeInput.JobDone"/>.
/// </summary>
public interface IProducerInput;
