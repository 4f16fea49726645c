namespace Coniunctum.Simulation;

/// <summary>Runs worlds twice, so that a run is known to depend on nothing but its seed.</summary>
public static class Replay
{
    /// <summary>Runs a script in two worlds of the same seed, one after the other, and compares every event.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="script">Builds, runs and examines the world. It must take randomness from the world alone.</param>
    /// <param name="options">What the world is like.</param>
    /// <returns>The second world, after its run.</returns>
    /// <exception cref="DivergenceException">The runs differ; the message names the first event that does.</exception>
    public static World RunTwice(ulong seed, Action<World> script, WorldOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        var first = new World(seed, options ?? new WorldOptions(), null);
        script(first);
        var second = new World(seed, options ?? new WorldOptions(), first.Trail);
        script(second);
        return second.EventHash == first.EventHash
            ? second
            : throw new DivergenceException(Invariant($"The second run from seed {seed} ends after {second.EventCount} events, the first after {first.EventCount}."));
    }
}
