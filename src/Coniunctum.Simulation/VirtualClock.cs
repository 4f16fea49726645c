using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>A node's clock, which may go wrong: ahead or behind, too fast or too slow, or jump.</summary>
public sealed class VirtualClock
{
    private const int Million = 1_000_000;

    private readonly World _world;

    internal VirtualClock(World world, TimeSpan offset, int driftPerMillion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(driftPerMillion, -Million);
        _world = world;
        Offset = offset;
        DriftPerMillion = driftPerMillion;
    }

    /// <summary>How far the clock was ahead when the world began. Changing it makes the clock jump; timers that run do not.</summary>
    public TimeSpan Offset { get; set; }

    /// <summary>By how many millionths the clock is too fast.</summary>
    public int DriftPerMillion { get; }

    /// <summary>What the clock shows; never less than 0.</summary>
    public Timestamp Now => At(_world.Now);

    /// <summary>Returns how long it takes in the world until the clock shows a time; zero when it has passed.</summary>
    internal TimeSpan Until(Timestamp time)
    {
        Int128 local = ((Int128)time.UnixMilliseconds - _world.Start.UnixMilliseconds) * TimeSpan.TicksPerMillisecond - Offset.Ticks;
        Int128 due = (local * Million + (Million + DriftPerMillion - 1)) / (Million + DriftPerMillion);
        Int128 left = Int128.Clamp(due - _world.Now.Ticks, 0, World.MaxTime.Ticks);
        return new TimeSpan((long)left);
    }

    private Timestamp At(TimeSpan world)
    {
        Int128 local = ((Int128)world.Ticks * (Million + DriftPerMillion) / Million) + Offset.Ticks;
        Int128 shown = _world.Start.UnixMilliseconds + (local / TimeSpan.TicksPerMillisecond);
        return new Timestamp((ulong)Int128.Max(shown, 0));
    }
}
