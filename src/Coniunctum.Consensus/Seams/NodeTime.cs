using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What a node's two clocks show.</summary>
/// <param name="Wall">The wall clock: for timestamps, which other nodes compare with theirs. It may be wrong, and may be set.</param>
/// <param name="Steady">The steady clock: for timers.</param>
[JsonConverter(typeof(NoJsonConverter<NodeTime>))]
public readonly record struct NodeTime(Timestamp Wall, SteadyTime Steady)
{
    // A wall clock is set right now and then, which no timer hears of.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Returns when to look whether the wall clock shows a time: when it will, if no one sets it, but in 10 seconds at the latest.
    /// Whoever waits for a time of the wall clock sets a timer so, and again as long as the time has not come.
    /// </summary>
    /// <param name="wall">The time that is waited for.</param>
    public SteadyTime NextLookFor(Timestamp wall)
    {
        if (wall <= Wall) return Steady;
        ulong milliseconds = wall.UnixMilliseconds - Wall.UnixMilliseconds;
        return Steady.Plus(milliseconds < s_longestWait.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : s_longestWait);
    }
}
