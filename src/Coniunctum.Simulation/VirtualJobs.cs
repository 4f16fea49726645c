using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Mining;

namespace Coniunctum.Simulation;

/// <summary>
/// Runs a producer's jobs at once, and lets their results take virtual time: a search as long as its target and the node's
/// hash rate make it, whatever it really took.
/// </summary>
internal sealed class VirtualJobs(SeededRandom random, double hashRate) : INonceSearch
{
    // A target that needs more is no target for a simulation.
    private const ulong MaxRealHashes = 1 << 22;

    private TimeSpan _searched;

    /// <summary>Runs a job.</summary>
    /// <returns>What it found, and how long its searches took; <see cref="World.MaxTime"/> when one never ends.</returns>
    public (JobResult? Result, TimeSpan Searched) Run(IProducerJob work)
    {
        _searched = TimeSpan.Zero;
        Task<JobResult?> done = work.RunAsync(CancellationToken.None);
        if (!done.IsCompleted) throw new InvalidOperationException("A job waits for something outside of the world: what it needs must be at hand in a simulation.");
#pragma warning disable VSTHRD002 // It has ended.
        return (done.GetAwaiter().GetResult(), _searched);
#pragma warning restore VSTHRD002
    }

    public bool TryFind(INoncePuzzle puzzle, Hash256 target, out ulong nonce, CancellationToken cancellation)
    {
        double seconds = random.Exponential() * ExpectedHashes(target) / hashRate;
        TimeSpan left = World.MaxTime - _searched;
        _searched += seconds < left.TotalSeconds ? TimeSpan.FromSeconds(seconds) : left;
        return puzzle.TryFind(0, Math.Min(MaxRealHashes - 1, puzzle.LastNonce) + 1, target, out nonce)
            ? true
            : throw new InvalidOperationException($"The target {target} takes more than {MaxRealHashes} hashes; a simulation's targets must be easy.");
    }

    /// <summary>2²⁵⁶ divided by the target.</summary>
    private static double ExpectedHashes(Hash256 target)
    {
        double fraction = 0;
        for (int i = Hash256.Size - 1; i >= 0; i--) fraction = (fraction + target.AsSpan()[i]) / 256;
        return 1 / fraction;
    }
}
