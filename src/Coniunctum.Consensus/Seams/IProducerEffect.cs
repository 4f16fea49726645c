namespace Coniunctum.Consensus;

/// <summary>
/// What a producer may emit: every <see cref="ProducerEffect"/>, and of what leaves the node <see cref="NodeEffect.StartJob"/>,
/// <see cref="NodeEffect.CancelJob"/>, <see cref="NodeEffect.SetTimer"/> and <see cref="NodeEffect.Send"/>.
/// </summary>
public interface IProducerEffect;
