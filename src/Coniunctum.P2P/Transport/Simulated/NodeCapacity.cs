namespace Coniunctum.P2P.Transport.Simulated;

/// <summary>Until when a node's way out and way in are taken, as timestamps of the clock.</summary>
internal sealed class NodeCapacity
{
    public long OutFreeAt { get; set; } = long.MinValue;

    public long InFreeAt { get; set; } = long.MinValue;
}
