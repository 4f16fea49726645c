namespace Coniunctum.Bft;

/// <summary>How far a validator is in a round; the paper's step_p, with its beginning and its end.</summary>
internal enum BftStep
{
    /// <summary>The height has not begun: blocks keep a distance.</summary>
    Waiting = 0,

    /// <summary>Waits for the proposal.</summary>
    Propose,

    /// <summary>Has prevoted.</summary>
    Prevote,

    /// <summary>Has precommitted.</summary>
    Precommit,

    /// <summary>The height is decided.</summary>
    Decided,
}
