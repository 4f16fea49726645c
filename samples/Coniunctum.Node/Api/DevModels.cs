namespace Coniunctum.Node.Api;

/// <summary>A moment to which a development chain can be reverted.</summary>
/// <param name="Name">What it was called.</param>
/// <param name="Height">The chain's height then.</param>
/// <param name="Tip">The last block then.</param>
internal sealed record SnapshotModel(string Name, ulong Height, string Tip);

/// <summary>All such moments, by name.</summary>
/// <param name="Snapshots">The snapshots.</param>
internal sealed record SnapshotsModel(IReadOnlyList<SnapshotModel> Snapshots);

/// <summary>A development chain that was made what it was at a snapshot.</summary>
/// <param name="Name">The snapshot.</param>
/// <param name="Height">The height of the chain now.</param>
/// <param name="Tip">Its last block.</param>
/// <param name="Undone">How many blocks were undone.</param>
internal sealed record RevertedModel(string Name, ulong Height, string Tip, ulong Undone);

/// <summary>A reorganization that was made on purpose.</summary>
/// <param name="Depth">How many blocks were undone.</param>
/// <param name="Fork">The height of the last block that stayed.</param>
/// <param name="OldTip">The last block before.</param>
/// <param name="Height">The height of the chain now.</param>
/// <param name="Tip">Its last block.</param>
/// <param name="Returned">How many transactions of the undone blocks went back to the pool.</param>
internal sealed record ReorganizedModel(ulong Depth, ulong Fork, string OldTip, ulong Height, string Tip, int Returned);

/// <summary>When a development chain mines.</summary>
/// <param name="Mode">auto, interval or manual.</param>
/// <param name="Height">The chain's height.</param>
internal sealed record MiningModel(string Mode, ulong Height);

/// <summary>Blocks that were asked for.</summary>
/// <param name="Blocks">How many.</param>
/// <param name="Height">The height of the chain now.</param>
/// <param name="Tip">Its last block.</param>
internal sealed record MinedModel(ulong Blocks, ulong Height, string Tip);

/// <summary>A development chain's clock.</summary>
/// <param name="Time">What it shows, in milliseconds of Unix time.</param>
/// <param name="Ahead">By how many milliseconds it is ahead of the machine's clock.</param>
internal sealed record ClockModel(long Time, long Ahead);
