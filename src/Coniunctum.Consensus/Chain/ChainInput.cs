using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>What happens to a <see cref="ChainCore"/>.</summary>
public abstract record ChainInput
{
    private ChainInput()
    {
    }

    /// <summary>A block of one's own store, at the start, in the order of the best chain. Its signatures were checked before it was stored.</summary>
    /// <param name="Block">The block.</param>
    public sealed record ReplayByExecution(HashedBlock Block) : ChainInput;

    /// <summary>
    /// The next blocks of one's own store, at the start, by what they changed. Neither bodies nor signatures are looked at: that
    /// the state after the last one has the root of its header is for the caller to check.
    /// </summary>
    /// <param name="Blocks">The blocks, in order. Their changes are made together: the more, the less each costs.</param>
    public sealed record ReplayByDelta(ImmutableArray<ReplayedBlock> Blocks) : ChainInput;

    /// <summary>A block of a peer or of one's own producer: checked by every rule.</summary>
    /// <param name="Block">The block.</param>
    public sealed record BlockArrived(HashedBlock Block) : ChainInput;

    /// <summary>A block that is proposed as the next one: checked by every rule but finality's, and not adopted.</summary>
    /// <param name="Block">The block.</param>
    public sealed record ProposalArrived(HashedBlock Block) : ChainInput;

    /// <summary>A transaction of a peer or of one's own user.</summary>
    /// <param name="Ticket">Comes back with the verdict.</param>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="MayWait">
    /// Whether it is kept for a while when its sender lacks the balance or when it is too early: right for what other nodes
    /// relay, who may know more; a user would rather hear at once.
    /// </param>
    public sealed record TransactionArrived(long Ticket, HashedTransaction Transaction, bool MayWait = false) : ChainInput;

    /// <summary>
    /// The pool of an earlier run, after the blocks: every transaction is checked again, its signature too, in batches. What is
    /// kept is told by <see cref="ChainEffect.TransactionMoved"/>, what is not by <see cref="ChainEffect.TransactionDropped"/>.
    /// </summary>
    /// <param name="Transactions">What <see cref="PoolArchive.Decode"/> gave.</param>
    public sealed record PoolRestored(ImmutableArray<HashedTransaction> Transactions) : ChainInput;

    /// <summary>The answers to a <see cref="ChainEffect.VerifySignatures"/>.</summary>
    /// <param name="Job">The job's number.</param>
    /// <param name="Answers">One for each claim, in order.</param>
    public sealed record SignaturesVerified(long Job, ImmutableArray<RecoveredSigner> Answers) : ChainInput;

    /// <summary>The oldest <see cref="ChainEffect.Commit"/> that was not answered yet is durable.</summary>
    public sealed record Committed : ChainInput;

    /// <summary>A <see cref="ChainEffect.Commit"/> has failed, or may have, or work beside the machine has: the chain stops.</summary>
    /// <param name="Reason">What has failed.</param>
    public sealed record Failed(HaltReason Reason) : ChainInput;

    /// <summary>A candidate is wanted.</summary>
    /// <param name="Request">Comes back with the candidate.</param>
    /// <param name="Receiver">Who gets the reward.</param>
    /// <param name="ExtraNonce">
    /// Its first 24 bytes are where the free bytes of the reward's tag begin. It must differ from request to request, and be
    /// unknown to others beforehand: where tags are remembered for ever, one that is known can be used up by somebody else.
    /// </param>
    public sealed record CandidateRequested(long Request, Address Receiver, Hash256 ExtraNonce) : ChainInput;

    /// <summary>
    /// The chain should end at one of its older blocks again, as if what came after had never been: for chains of one's own. The
    /// answer is <see cref="ChainEffect.RevertRefused"/>, or a <see cref="ChainEffect.TipMoved"/> with the ticket.
    /// </summary>
    /// <param name="Ticket">Comes back with the answer.</param>
    /// <param name="Block">A block of the best chain.</param>
    public sealed record RevertRequested(long Ticket, BlockId Block) : ChainInput;

    /// <summary>The answer to a <see cref="ChainEffect.Continue"/>.</summary>
    public sealed record Continued : ChainInput;
}
