using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>What a <see cref="ChainCore"/> wants to happen.</summary>
public abstract record ChainEffect
{
    private ChainEffect()
    {
    }

    /// <summary>Recover the signers of claims; <see cref="ChainInput.SignaturesVerified"/> follows.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Claims">The claims.</param>
    public sealed record VerifySignatures(long Job, ImmutableArray<SignatureClaim> Claims) : ChainEffect;

    /// <summary>Write a batch durably, in the order of the commits; <see cref="ChainInput.Committed"/> or <see cref="ChainInput.Failed"/> follows.</summary>
    /// <param name="Batch">What to write.</param>
    public sealed record Commit(StoreBatch Batch) : ChainEffect;

    /// <summary>More work is waiting: call again with <see cref="ChainInput.Continued"/> when nothing more urgent is there.</summary>
    public sealed record Continue : ChainEffect;

    /// <summary>A block was judged: refused, or accepted as far as could be checked before it was a candidate for the best chain.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Verdict">What was concluded.</param>
    public sealed record BlockJudged(HashedBlock Block, Verdict Verdict) : ChainEffect;

    /// <summary>A proposal was judged.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Verdict">Whether it could be next on the tip of this moment, but for finality's rules.</param>
    public sealed record ProposalJudged(HashedBlock Block, Verdict Verdict) : ChainEffect;

    /// <summary>A transaction was judged.</summary>
    /// <param name="Ticket">The number under which it arrived.</param>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="Admission">Whether it is in the pool now, waits there, or why neither.</param>
    public sealed record TransactionJudged(long Ticket, HashedTransaction Transaction, Admission Admission) : ChainEffect;

    /// <summary>
    /// A transaction has come into the pool, or has moved between those that are ready and those that wait. With
    /// <see cref="TransactionDropped"/> and <see cref="TipMoved"/> this is all that can happen to it. What a block gives back
    /// is told before the <see cref="TipMoved"/> that disconnects the block, which waits for its commit.
    /// </summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="From">Where it was.</param>
    /// <param name="To">Where it is: <see cref="PoolStatus.Ready"/> or <see cref="PoolStatus.Waiting"/>.</param>
    /// <param name="Admission">Accepted, or what it waits for.</param>
    public sealed record TransactionMoved(HashedTransaction Transaction, PoolStatus From, PoolStatus To, Admission Admission) : ChainEffect;

    /// <summary>A transaction has left the pool without being confirmed, or does not return to it from a block that was disconnected.</summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="Admission">Why.</param>
    /// <param name="ReplacedBy">The transaction that has taken its place, in the pool or in a block, where that is the reason.</param>
    public sealed record TransactionDropped(HashedTransaction Transaction, Admission Admission, TransactionId? ReplacedBy) : ChainEffect;

    /// <summary>A candidate that was asked for.</summary>
    /// <param name="Request">The number under which it was asked for.</param>
    /// <param name="Candidate">The candidate.</param>
    public sealed record CandidateReady(long Request, BlockDraft Candidate) : ChainEffect;

    /// <summary>A candidate that was asked for cannot be built on the tip of this moment; everything else goes on.</summary>
    /// <param name="Request">The number under which it was asked for.</param>
    /// <param name="Height">The height that it would have had.</param>
    /// <param name="Verdict">Why: the rule that no block could keep, or until when one would be deferred.</param>
    public sealed record CandidateRefused(long Request, ulong Height, Verdict Verdict) : ChainEffect;

    /// <summary>The best chain has another tip, durably. Blocks are only disconnected without others in their place by a revert.</summary>
    /// <param name="Disconnected">Blocks that are no longer part of it, the highest first.</param>
    /// <param name="Connected">Blocks that are part of it now, the lowest first.</param>
    /// <param name="Tip">The tip; the last of <paramref name="Connected"/> where there is one.</param>
    /// <param name="State">What the rule carries on after the new tip.</param>
    /// <param name="FinalHeight">The height up to which the chain can no longer change.</param>
    /// <param name="Ticket">The ticket of the <see cref="ChainInput.RevertRequested"/> that this answers, or <c>null</c>.</param>
    public sealed record TipMoved(
        ImmutableArray<HashedBlock> Disconnected, ImmutableArray<HashedBlock> Connected, HashedBlock Tip, RuleState State, ulong FinalHeight, long? Ticket) : ChainEffect;

    /// <summary>A <see cref="ChainInput.RevertRequested"/> cannot be done; nothing has changed.</summary>
    /// <param name="Ticket">The ticket under which it was asked for.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record RevertRefused(long Ticket, string Reason) : ChainEffect;

    /// <summary>
    /// A branch that wins was refused, since what this node would have to undo for it was pruned, or is more than its owner
    /// allows (<see cref="ChainOptions.MaxReorganization"/>): it stays on a chain that others may have left. Its owner can only
    /// allow more, or fetch the chain anew.
    /// </summary>
    /// <param name="Tip">The branch's end.</param>
    /// <param name="Weight">The weight of the chain up to it.</param>
    /// <param name="ForkHeight">The height of the last block that both chains share.</param>
    /// <param name="Limit">Which branches this node still takes, for people.</param>
    public sealed record BranchRefused(HeaderView Tip, Work Weight, ulong ForkHeight, string Limit) : ChainEffect;

    /// <summary>
    /// What is known of a chain whose ruleset this software does not know has changed, durably. Where it stops the node,
    /// <see cref="Halted"/> follows.
    /// </summary>
    /// <param name="Noted">The heaviest such chain, or <c>null</c> when the known one has left it behind.</param>
    public sealed record UnknownRulesetNoted(UnknownRuleset? Noted) : ChainEffect;

    /// <summary>Nothing is accepted any more; what was acknowledged before stands.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Halted(HaltReason Reason) : ChainEffect;

    internal static ChainEffect Of(PoolEvent moved) => moved.To == PoolStatus.Outside
        ? new TransactionDropped(moved.Transaction, moved.Reason, moved.ReplacedBy)
        : new TransactionMoved(moved.Transaction, moved.From, moved.To, moved.Reason);
}
