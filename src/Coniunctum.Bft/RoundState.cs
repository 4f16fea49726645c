using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>
/// What a validator must not forget within a height: where it stands, what it has said in this round, what it is locked on.
/// Together with the messages that it has heard it is the whole state of a <see cref="BftMachine"/>; alone it is enough never
/// to contradict itself.
/// </summary>
/// <param name="Round">The paper's round_p.</param>
/// <param name="Step">The paper's step_p.</param>
/// <param name="Locked">lockedValue_p: the block that it precommitted last, or <c>null</c>.</param>
/// <param name="LockedRound">lockedRound_p: in which round; −1 for none.</param>
/// <param name="Valid">validValue_p: the block for which it saw more than two thirds prevote last, or <c>null</c>.</param>
/// <param name="ValidRound">validRound_p: in which round; −1 for none.</param>
/// <param name="Proposed">What it has proposed in this round, or <c>null</c>.</param>
/// <param name="Prevoted">What it has prevoted in this round, once the step says that it has; <c>null</c> for none.</param>
/// <param name="Precommitted">What it has precommitted in this round, likewise.</param>
internal readonly record struct RoundState(
    int Round, BftStep Step, BlockId? Locked, int LockedRound, BlockId? Valid, int ValidRound, BlockId? Proposed, BlockId? Prevoted, BlockId? Precommitted)
{
    /// <summary>A height of which nothing has happened.</summary>
    public static RoundState Fresh => new(0, BftStep.Waiting, null, -1, null, -1, null, null, null);

    /// <summary>Whether the end of the prevotes was timed in this round. Not worth keeping over a restart.</summary>
    public bool IsPrevoteTimed { get; init; }

    /// <summary>Whether the end of the round was timed. Not worth keeping over a restart.</summary>
    public bool IsPrecommitTimed { get; init; }
}
