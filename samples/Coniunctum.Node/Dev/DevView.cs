namespace Coniunctum.Node.Dev;

/// <summary>What there is to see at a moment: hashes and time are those since the run began.</summary>
internal readonly record struct DevView(DevTally Tally, int PoolCount, long Hashes, TimeSpan Elapsed)
{
    public double HashesPerSecond => Elapsed > TimeSpan.Zero ? Hashes / Elapsed.TotalSeconds : 0;
}
