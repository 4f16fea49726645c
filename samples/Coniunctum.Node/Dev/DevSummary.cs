using Coniunctum.Ledger;

namespace Coniunctum.Node.Dev;

/// <summary>What a run came to.</summary>
internal sealed record DevSummary
{
    public required string Profile { get; init; }

    /// <summary>The height at which the run began.</summary>
    public required ulong StartHeight { get; init; }

    public required ulong Height { get; init; }

    public required BlockId Tip { get; init; }

    /// <summary>Base units that genesis allocated.</summary>
    public required UInt128 GenesisSupply { get; init; }

    /// <summary>Base units that the blocks' rewards created.</summary>
    public required UInt128 Subsidies { get; init; }

    /// <summary>Base units that the profile's schedule says they created.</summary>
    public required UInt128 ScheduledSubsidies { get; init; }

    /// <summary>Base units in existence, by the ledger's own count.</summary>
    public required UInt128 Supply { get; init; }

    public required long Accepted { get; init; }

    public required long Confirmed { get; init; }

    public required IReadOnlyDictionary<string, long> Rejected { get; init; }

    public required IReadOnlyDictionary<string, long> RejectedBlocks { get; init; }

    /// <summary>Judgements that were not the intended ones.</summary>
    public required long Mismatched { get; init; }

    public required long Hashes { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Whether no base unit came from nowhere or went missing.</summary>
    public bool IsSupplyExact => Supply == GenesisSupply + Subsidies && Subsidies == ScheduledSubsidies;

    public bool IsValid => IsSupplyExact && Mismatched == 0;
}
