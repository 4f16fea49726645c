using Coniunctum.Crypto;

namespace Coniunctum.AspNetCore;

/// <summary>What a program that serves a ledger says of itself. All of it is shown to whoever asks.</summary>
/// <remarks>May change in any release.</remarks>
public sealed record LedgerProgram
{
    /// <summary>What it is. Default: <c>node</c>.</summary>
    public string Kind { get; init; } = "node";

    /// <summary>Its version. Default: this package's.</summary>
    public string Version { get; init; } = EntityTags.Version;

    /// <summary>The process's number; <c>null</c>, the default, to say nothing of it.</summary>
    public int? Process { get; init; }

    /// <summary>What it does; <c>null</c>, the default, to say nothing of it.</summary>
    public string? Role { get; init; }

    /// <summary>Where the ledger is kept; <c>null</c>, the default, in memory, or to say nothing of it.</summary>
    public string? Data { get; init; }

    /// <summary>The program's own account; <c>null</c>, the default, for none.</summary>
    public Address? Account { get; init; }

    /// <summary>What the accounts of a development chain follow from; <c>null</c>, the default, for none.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Counts the nonces that were tried, where it is not the ledger that does; <c>null</c>, the default, where it is.</summary>
    public Func<long>? HashesTried { get; init; }
}
