using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>Reads a machine's clocks as the machines without I/O know time. Its steady clock begins when it is made.</summary>
internal sealed class Clock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>What both clocks show.</summary>
    public NodeTime Now => new(Read(time), Steady);

    /// <summary>What the steady clock shows.</summary>
    public SteadyTime Steady => new(time.GetElapsedTime(_start));

    /// <summary>Calls back once, after a time of the steady clock, unless it is disposed before.</summary>
    public ITimer CreateTimer(TimeSpan after, Action callback) => time.CreateTimer(_ => callback(), null, after, Timeout.InfiniteTimeSpan);

    /// <summary>
    /// Returns the wall clock's time. One that stands before 1970 counts as standing there: it is wrong, and may be set right; until
    /// then blocks are deferred, and everything else goes on.
    /// </summary>
    public static Timestamp Read(TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        return now < DateTimeOffset.UnixEpoch ? default : Timestamp.From(now);
    }
}
