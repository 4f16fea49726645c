namespace Coniunctum.Simulation;

/// <summary>What goes wrong at a commit.</summary>
public enum CommitFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The node crashes before the commit is durable.</summary>
    CrashBefore,

    /// <summary>The node crashes when the commit is durable, before it hears of it.</summary>
    CrashAfter,

    /// <summary>The commit fails; whether it was written is drawn, and no one can tell.</summary>
    Fails,
}
