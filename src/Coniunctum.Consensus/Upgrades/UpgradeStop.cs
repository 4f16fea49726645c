namespace Coniunctum.Consensus.Upgrades;

/// <summary>What shows that a chain really goes on by rules that this software does not know.</summary>
public enum UpgradeStop
{
    /// <summary>Nothing so far: whoever makes a block can write any ruleset into it.</summary>
    None = 0,

    /// <summary>It outweighs the known chain by the work of <see cref="UnknownRuleset.MarginBlocks"/> blocks at the fork's target.</summary>
    Work,

    /// <summary>More than half of the signers in force have sealed blocks of it.</summary>
    Signers,

    /// <summary>The validators in force have certified a block of it.</summary>
    Certificate,
}
