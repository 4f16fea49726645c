using System.Numerics;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum.Node.Dev;

/// <summary>How hard a block must be so that this machine takes the wanted time for it.</summary>
/// <param name="HashesPerSecond">What the search did when it was measured.</param>
/// <param name="ExpectedHashes">Hashes that a block takes on average: a power of two.</param>
internal sealed record Calibration(double HashesPerSecond, ulong ExpectedHashes)
{
    // The first search compiles the kernel, unless that was done ahead of time; the second one is the measurement. Where the target
    // follows, a short one will do: it need not wait for the chain to start.
    private static readonly TimeSpan s_warmUp = RuntimeFeature.IsDynamicCodeCompiled ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero;
    private static readonly TimeSpan s_shortMeasurement = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_measurement = TimeSpan.FromMilliseconds(150);

    /// <summary>Searches for a while what cannot be found, with the search that mines.</summary>
    public static Calibration Measure(IBlockFormat format, int threads, TimeSpan blockTime, TimeProvider time)
    {
        var search = new NonceSearch(threads);
        // As when the block before lies a while back, so that all times are tried that ever are.
        var header = new BlockHeader
        {
            Height = 1,
            Nonce = 0,
            Previous = default,
            MerkleRoot = default,
            Target = Hash256.Zero,
            Timestamp = new Timestamp(format.Traits.HasExtendedHeader ? 1_000UL : 0),
        };
        INoncePuzzle puzzle = new DoubleSha3().CreateSearch(new MiningOptions()).Prepare(header, default, format).Puzzle;
        if (s_warmUp > TimeSpan.Zero) Search(search, puzzle, s_warmUp, time);
        long before = search.Tried;
        long start = time.GetTimestamp();
        Search(search, puzzle, format.Traits.HasExtendedHeader ? s_shortMeasurement : s_measurement, time);
        double seconds = time.GetElapsedTime(start).TotalSeconds;
        return For((search.Tried - before) / seconds, blockTime);
    }

    /// <summary>Rounds to the nearest power of two, so that the figure can be said and compared from run to run.</summary>
    public static Calibration For(double hashesPerSecond, TimeSpan blockTime)
    {
        double exponent = Math.Round(Math.Log2(Math.Max(1, hashesPerSecond * blockTime.TotalSeconds)));
        return new Calibration(hashesPerSecond, BitOperations.RoundUpToPowerOf2((ulong)Math.Pow(2, Math.Min(exponent, 62))));
    }

    private static void Search(NonceSearch search, INoncePuzzle puzzle, TimeSpan duration, TimeProvider time)
    {
        using var stop = new CancellationTokenSource(duration, time);
        // A puzzle with a table has few nonces.
        while (!stop.IsCancellationRequested) search.TryFind(puzzle, Hash256.Zero, out _, stop.Token);
    }
}
