namespace Coniunctum.Ledger;

/// <summary>What a check concluded.</summary>
public enum VerdictKind
{
    /// <summary>Nothing was checked: never a permission.</summary>
    Unchecked = 0,

    /// <summary>No rule is violated.</summary>
    Valid,

    /// <summary>A rule is violated, now and for ever.</summary>
    Invalid,

    /// <summary>It may become valid later: its time has not come.</summary>
    Deferred,

    /// <summary>It cannot be judged before its parent is known.</summary>
    MissingParent,

    /// <summary>This node does not take it, though it may be valid: a limit of its own is in the way.</summary>
    Refused,

    /// <summary>It cannot be judged before its parent was executed, which is here.</summary>
    ParentPending,

    /// <summary>It was not looked at: too much of its sender's, or another copy of it, waits to be checked. It may be sent again.</summary>
    Busy,
}
