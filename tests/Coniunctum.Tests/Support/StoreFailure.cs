namespace Coniunctum.Tests.Support;

/// <summary>How a call of a store fails.</summary>
internal enum StoreFailure
{
    None = 0,

    /// <summary>A commit, before it has written anything.</summary>
    BeforeCommit,

    /// <summary>A commit that has written all but its last bytes.</summary>
    DuringCommit,

    /// <summary>A commit that is durable, before the node hears of it.</summary>
    AfterCommit,

    /// <summary>A read.</summary>
    Read,
}
