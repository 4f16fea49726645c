using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>A block that was done or undone on a branch, with what it changed.</summary>
internal readonly record struct AppliedBlock(BlockNode Node, HashedBlock Block, StateDelta Delta);
