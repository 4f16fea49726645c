using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>What a whole world is like.</summary>
public sealed record WorldOptions
{
    /// <summary>What a clock that is right shows when the world begins. Default: 2026-01-01T00:00:00Z, when <see cref="Profiles"/> begin.</summary>
    public Timestamp Start { get; init; } = new(1_767_225_600_000);

    /// <summary>What links do where nothing else was said.</summary>
    public LinkOptions Links { get; init; } = new();
}
