namespace Coniunctum.Node.Dev;

/// <summary>When a development chain mines.</summary>
internal enum MiningMode
{
    /// <summary>All the time: a block about every block time.</summary>
    Interval,

    /// <summary>While transactions wait for a block.</summary>
    Auto,

    /// <summary>Only the blocks that are asked for.</summary>
    Manual,
}
