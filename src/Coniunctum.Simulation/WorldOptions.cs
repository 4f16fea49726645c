using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>What a whole world is like.</summary>
public sealed record WorldOptions
{
    /// <summary>What a clock that is right shows when the world begins. Default: 2026-01-01T00:00:00Z, when <see cref="Profiles"/> begin.</summary>
    public Timestamp Start { get; init; } = new(1_767_225_600_000);

    /// <summary>What links do to messages where nothing else was said.</summary>
    public LinkOptions Links { get; init; } = new();

    /// <summary>
    /// After how long a node tells one other node, drawn each time, of its tip and its pool again, since messages get lost.
    /// Default: 1 s.
    /// </summary>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After how long a node asks again for a block that has not come. Default: 1 s.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
