using System.Collections.Immutable;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Node;

/// <summary>What happens to a <see cref="NodeCore"/>.</summary>
public abstract record NodeInput
{
    private NodeInput()
    {
    }

    /// <summary>All stored blocks were restored: the node begins to take part.</summary>
    /// <param name="ReadRecord">Returns a record of the consensus rule, or <c>null</c>.</param>
    public sealed record Started(Func<string, ReadOnlyMemory<byte>?> ReadRecord) : NodeInput;

    /// <summary>A block from outside.</summary>
    /// <param name="Block">The block, decoded and hashed.</param>
    /// <param name="From">The node that sent it, to which its missing parent would be asked for; <c>null</c> for a user.</param>
    public sealed record BlockArrived(HashedBlock Block, string? From) : NodeInput;

    /// <summary>A transaction from outside.</summary>
    /// <param name="Ticket">Comes back with the verdict.</param>
    /// <param name="Transaction">The transaction, decoded and hashed.</param>
    /// <param name="MayWait">Whether it is kept for a while when its sender lacks the balance or when it is too early: for what other nodes relay.</param>
    public sealed record TransactionArrived(long Ticket, HashedTransaction Transaction, bool MayWait = false) : NodeInput;

    /// <summary>The pool of an earlier run, after <see cref="Started"/>: every transaction is checked again.</summary>
    /// <param name="Transactions">What <see cref="Consensus.Pool.PoolArchive.Decode"/> gave.</param>
    public sealed record PoolRestored(ImmutableArray<HashedTransaction> Transactions) : NodeInput;

    /// <summary>The chain should end at one of its older blocks again; see <see cref="Consensus.Chain.ChainInput.RevertRequested"/>.</summary>
    /// <param name="Ticket">Comes back with the answer.</param>
    /// <param name="Block">A block of the best chain.</param>
    public sealed record RevertRequested(long Ticket, BlockId Block) : NodeInput;

    /// <summary>A message of another node's producer.</summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="From">The node that sent it.</param>
    /// <param name="Content">Its bytes, untrusted.</param>
    public sealed record MessageArrived(string Topic, string From, ReadOnlyMemory<byte> Content) : NodeInput;

    /// <summary>A timer has run out.</summary>
    /// <param name="Timer">The name under which it was set.</param>
    public sealed record TimerFired(string Timer) : NodeInput;

    /// <summary>A job has ended.</summary>
    /// <param name="Job">The number under which it was started.</param>
    /// <param name="Result">What it found, or <c>null</c>.</param>
    public sealed record JobDone(long Job, JobResult? Result) : NodeInput;

    /// <summary>Signers were recovered.</summary>
    /// <param name="Job">The number under which that was asked for.</param>
    /// <param name="Answers">One answer for each claim, in order.</param>
    public sealed record SignaturesVerified(long Job, ImmutableArray<RecoveredSigner> Answers) : NodeInput;

    /// <summary>The oldest commit that was not answered yet is durable.</summary>
    public sealed record Committed : NodeInput;

    /// <summary>A commit has failed, or may have, or work beside the machine has: the node stops.</summary>
    /// <param name="Reason">What has failed.</param>
    public sealed record Failed(HaltReason Reason) : NodeInput;

    /// <summary>The answer to a <see cref="NodeEffect.Continue"/>.</summary>
    public sealed record Continued : NodeInput;
}
