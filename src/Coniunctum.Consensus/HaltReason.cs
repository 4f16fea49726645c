namespace Coniunctum.Consensus;

/// <summary>Why a ledger has stopped accepting: a code for programs, and a line for people. Immutable.</summary>
/// <param name="Code">The code; never <see cref="HaltCode.None"/>.</param>
/// <param name="Text">What happened, in one line of English without a full stop; a foreign exception's message may be part of it.</param>
public sealed record HaltReason(HaltCode Code, string Text)
{
    /// <summary>Returns <see cref="Text"/>.</summary>
    public override string ToString() => Text;
}
