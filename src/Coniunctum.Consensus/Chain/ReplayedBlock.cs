using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>A block of the store whose body is not needed to go on behind it.</summary>
/// <param name="Head">What the store keeps of the block.</param>
/// <param name="Delta">What it changed.</param>
/// <param name="UndoBytes">How many bytes the store keeps of that.</param>
/// <remarks>May change in any release.</remarks>
public readonly record struct ReplayedBlock(StoredHead Head, StateDelta Delta, int UndoBytes);
