namespace Coniunctum;

/// <summary>How a file of a state is taken in.</summary>
public sealed record StateImportOptions
{
    /// <summary>
    /// Whether to believe the file what its headers cannot prove: the whole state where the format's headers have no state root,
    /// and what a consensus rule carries on where it depends on states. Default: no, such files are refused.
    /// </summary>
    public bool Trust { get; init; }

    /// <summary>The clock that headers may not be ahead of. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
