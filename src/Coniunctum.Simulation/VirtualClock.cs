using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>
/// A node's clocks. The wall clock may go wrong: ahead or behind, too fast or too slow, or jump. The steady one is as fast as it,
/// and does nothing else; it begins anew when the node does.
/// </summary>
public sealed class VirtualClock
{
    private const int Million = 1_000_000;

    private readonly World _world;
    private TimeSpan _start;

    internal VirtualClock(World world, TimeSpan offset, int driftPerMillion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(driftPerMillion, -Million);
        _world = world;
        Offset = offset;
        DriftPerMillion = driftPerMillion;
    }

    /// <summary>How far the wall clock was ahead when the world began. Changing it makes that clock jump; the steady one, and timers, do not.</summary>
    public TimeSpan Offset { get; set; }

    /// <summary>By how many millionths both clocks are too fast.</summary>
    public int DriftPerMillion { get; }

    /// <summary>What the wall clock shows; never less than 0.</summary>
    public Timestamp Now => At(_world.Now);

    /// <summary>What the steady clock shows.</summary>
    public SteadyTime Steady => new(new TimeSpan((long)((Int128)(_world.Now - _start).Ticks * (Million + DriftPerMillion) / Million)));

    /// <summary>What both show.</summary>
    internal NodeTime Both => new(Now, Steady);

    /// <summary>The node starts: its steady clock does.</summary>
    internal void Start() => _start = _world.Now;

    /// <summary>Returns how long it takes in the world until the steady clock shows a time; zero when it has passed.</summary>
    internal TimeSpan Until(SteadyTime time)
    {
        Int128 due = (((Int128)time.Elapsed.Ticks * Million) + (Million + DriftPerMillion - 1)) / (Million + DriftPerMillion);
        Int128 left = Int128.Clamp(_start.Ticks + due - _world.Now.Ticks, 0, World.MaxTime.Ticks);
        return new TimeSpan((long)left);
    }

    private Timestamp At(TimeSpan world)
    {
        Int128 local = ((Int128)world.Ticks * (Million + DriftPerMillion) / Million) + Offset.Ticks;
        Int128 shown = _world.Start.UnixMilliseconds + (local / TimeSpan.TicksPerMillisecond);
        return new Timestamp((ulong)Int128.Max(shown, 0));
    }
}
