namespace Coniunctum.Simulation.Tests.Networks;

/// <summary>What may happen to a drawn network.</summary>
internal enum Trouble
{
    None = 0,

    /// <summary>A drawn group is cut off for up to a minute.</summary>
    Partition,

    /// <summary>Two halves go on by themselves until one of them has 50 blocks more.</summary>
    ForkAtRest,

    /// <summary>Up to three nodes crash, each for up to a minute.</summary>
    Crash,

    /// <summary>A node that was not there joins, and its connections break while it fetches the chain; one of its peers has lost old bodies.</summary>
    LostTransfer,

    /// <summary>A node's wall clock jumps by up to two seconds.</summary>
    Skew,

    /// <summary>Three nodes start from old files at once: several synchronisations.</summary>
    ManySynchronisations,

    /// <summary>Two nodes that dial each other start at the same moment.</summary>
    DoubleDials,
}
