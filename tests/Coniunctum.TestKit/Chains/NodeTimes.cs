namespace Coniunctum.TestKit.Chains;

/// <summary>What the clocks of a node show in tests of its machines: the steady one goes with the wall clock, until a test parts them.</summary>
internal static class NodeTimes
{
    public static NodeTime At(Timestamp wall) => new(wall, new SteadyTime(TimeSpan.FromMilliseconds(wall.UnixMilliseconds)));
}
