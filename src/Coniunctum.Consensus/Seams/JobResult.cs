using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What a producer's job has found; immutable. A producer derives its own where it wants another thing than a block.</summary>
public abstract record JobResult
{
    /// <summary>A sealed block.</summary>
    /// <param name="Block">The block.</param>
    public sealed record Sealed(HashedBlock Block) : JobResult;
}
