using Coniunctum.AspNetCore;
using Coniunctum.Crypto;
using Coniunctum.Mining;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Api;

/// <summary>What is served: a running ledger, and what its program knows beside it.</summary>
/// <param name="Kind">node or dev.</param>
/// <param name="Ledger">The ledger.</param>
internal sealed record ApiSubject(string Kind, LedgerHost Ledger)
{
    /// <summary>What a node does.</summary>
    public string? Role { get; init; }

    /// <summary>Where it is kept; <c>null</c> in memory.</summary>
    public string? Data { get; init; }

    /// <summary>The ledger's file, open; <c>null</c> in memory.</summary>
    public SqliteChainStore? Store { get; init; }

    /// <summary>The account that is meant where none is named.</summary>
    public Address? Account { get; init; }

    /// <summary>What the accounts of a development chain follow from.</summary>
    public ulong? Seed { get; init; }

    /// <summary>What only a development chain can do; <c>null</c> of a node.</summary>
    public DevControl? Control { get; init; }

    /// <summary>Counts the nonces that were tried, where it is not the ledger that does.</summary>
    public NonceSearch? Search { get; init; }

    /// <summary>What the program says of itself to everyone: nothing of this machine, and nothing from which keys follow.</summary>
    public LedgerProgram ToAnyone() => new()
    {
        Kind = Kind,
        Version = CommandLine.Version,
        Role = Role,
        HashesTried = Search is { } search ? () => search.Tried : null,
    };

    /// <summary>What it says to its owner.</summary>
    public LedgerProgram ToOwner() => ToAnyone() with { Process = Environment.ProcessId, Data = Data, Account = Account, Seed = Seed };
}
