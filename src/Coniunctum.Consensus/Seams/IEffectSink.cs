namespace Coniunctum.Consensus;

/// <summary>Takes the effects of a state machine, in order.</summary>
/// <typeparam name="TEffect">The machine's effects.</typeparam>
public interface IEffectSink<in TEffect>
{
    /// <summary>Adds an effect.</summary>
    /// <param name="effect">The effect.</param>
    void Emit(TEffect effect);
}
