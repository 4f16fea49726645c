namespace Coniunctum.Bft;

/// <summary>What a validator says in a <see cref="BftMessage"/>.</summary>
public enum BftMessageKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The round's proposer names a block.</summary>
    Proposal = 1,

    /// <summary>The validator would accept a block in this round, or none.</summary>
    Prevote = 2,

    /// <summary>The validator has seen more than two thirds prevote for a block in this round, or for none, or waited too long.</summary>
    Precommit = 3,
}
