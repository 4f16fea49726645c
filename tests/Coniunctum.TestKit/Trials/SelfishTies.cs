namespace Coniunctum.TestKit.Trials;

/// <summary>How honest miners decide between a block of theirs and one that a selfish pool shows beside it.</summary>
public enum SelfishTies
{
    None = 0,

    /// <summary>The first seen wins, and theirs spreads faster: γ = 0.</summary>
    HonestSeenFirst,

    /// <summary>Lots are drawn: γ = ½.</summary>
    Drawn,

    /// <summary>The first seen wins, and the pool's spreads faster: γ = 1.</summary>
    PoolSeenFirst,
}
