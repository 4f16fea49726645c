using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>Reads a machine's clock as the machines without I/O know time.</summary>
internal static class Clock
{
    /// <summary>
    /// Returns the time. A clock that stands before 1970 counts as standing there: it is wrong, and may be set right; until then
    /// blocks are deferred, and everything else goes on.
    /// </summary>
    public static Timestamp Read(TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        return now < DateTimeOffset.UnixEpoch ? default : Timestamp.From(now);
    }
}
