namespace Coniunctum.Ledger.Formats;

/// <summary>What a format's blocks and transactions carry. The engine asks these questions, never which format it is.</summary>
public sealed record FormatTraits
{
    /// <summary>The format's name, to which a profile's genesis commits.</summary>
    public required string Name { get; init; }

    /// <summary>Whether headers carry a ruleset, a timestamp, a state root and a history root.</summary>
    public required bool HasExtendedHeader { get; init; }

    /// <summary>Whether transactions carry a fee and a payload.</summary>
    public required bool HasFees { get; init; }

    /// <summary>Whether a tag begins with the last height at which it is valid, and is forgotten afterwards.</summary>
    public required bool TagsExpire { get; init; }

    /// <summary>Whether the reward is credited before the block's other transactions instead of after them.</summary>
    public required bool RewardAppliesFirst { get; init; }

    /// <summary>Whether a transaction's leaf holds its position in the block.</summary>
    public required bool LeavesHoldPosition { get; init; }

    /// <summary>The largest amount of one transaction, in base units.</summary>
    public required ulong MaxAmount { get; init; }
}
