namespace Coniunctum.Node.Localnet;

/// <summary>What a local network came to.</summary>
internal sealed record LocalnetSummary
{
    public required int Nodes { get; init; }

    public required string Rule { get; init; }

    /// <summary>The height up to which the nodes were compared.</summary>
    public required ulong Height { get; init; }

    /// <summary>The block that all nodes have as their tip at one moment; <c>null</c> where they have not come to one.</summary>
    public required string? Tip { get; init; }

    /// <summary>Whether every node counts as many base units as genesis and all subsidies make.</summary>
    public required bool IsSupplyExact { get; init; }

    /// <summary>Transfers that a node said were in its pool.</summary>
    public required int Accepted { get; init; }

    public required long Refused { get; init; }

    public required long Unanswered { get; init; }

    /// <summary>Transfers in the chain at the end.</summary>
    public required int Confirmed { get; init; }

    /// <summary>Transfers in a pool at the end.</summary>
    public required int Pooled { get; init; }

    /// <summary>Transfers that a node has reported in a block, and that are neither in the chain nor in any pool: must be 0.</summary>
    public required int MissingConfirmed { get; init; }

    /// <summary>Transfers that only a pool had, of a node that was killed, and that are nowhere any more.</summary>
    public required int LostWithKilled { get; init; }

    /// <summary>Transfers that only a pool had, of a node that was never killed, and that are nowhere any more.</summary>
    public required int LostOtherwise { get; init; }

    public required IReadOnlyList<KillReport> Kills { get; init; }

    public required double? PropagationP50 { get; init; }

    public required double? PropagationP99 { get; init; }

    /// <summary>Pairs of a block and a node behind those figures.</summary>
    public required int PropagationCount { get; init; }

    /// <summary>Bytes that a node has received for each transfer in the chain, everything counted.</summary>
    public required double? BytesPerTransfer { get; init; }

    public required long BytesReceived { get; init; }

    /// <summary>The largest node's memory, in MiB; 0 where the system does not say.</summary>
    public required double ResidentMiB { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public bool IsValid => Tip is not null && IsSupplyExact && MissingConfirmed == 0;
}
