namespace Coniunctum.Ledger.Applications;

/// <summary>A call that a block holds and that changed nothing, or an application's own turn at a block's beginning or end.</summary>
/// <param name="Index">The transaction's position in the block; 0, where the reward stands, for an application's own turn.</param>
/// <param name="Reason">Why, for people. Nodes need not agree on it.</param>
public readonly record struct FailedCall(int Index, string Reason);
