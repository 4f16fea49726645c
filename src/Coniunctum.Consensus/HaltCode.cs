namespace Coniunctum.Consensus;

/// <summary>Why a ledger has stopped accepting, for programs.</summary>
public enum HaltCode
{
    /// <summary>It has not.</summary>
    None = 0,

    /// <summary>A commit has failed, or may have: the store threw. What it acknowledged before stands.</summary>
    StoreFailed,

    /// <summary>Work beside the machine has failed: a signature scheme or a producer's job threw.</summary>
    WorkFailed,

    /// <summary>The clock or one of its timers threw.</summary>
    ClockFailed,

    /// <summary>A step of the machine threw: an invariant is broken, here or in a rule, a producer or an application's host.</summary>
    InvariantBroken,

    /// <summary>Others follow rules that this software does not know (<see cref="Upgrades.UnknownRuleset"/>); also after a restart.</summary>
    UpgradeMissing,

    /// <summary>Its owner has stopped or disposed it.</summary>
    Stopped,
}
