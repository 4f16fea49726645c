using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus;

/// <summary>
/// What a node wants to happen outside of it. The interfaces of each kind name the machines within the node that emit it; what
/// names none is the node's own.
/// </summary>
public abstract record NodeEffect
{
    private NodeEffect()
    {
    }

    /// <summary>Recover the signers of claims; <see cref="NodeInput.SignaturesVerified"/> follows.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Claims">The claims.</param>
    public sealed record VerifySignatures(JobId Job, ImmutableArray<SignatureClaim> Claims) : NodeEffect, IChainEffect;

    /// <summary>Write a batch durably; <see cref="NodeInput.Committed"/> or <see cref="NodeInput.Failed"/> follows, in the order of the commits.</summary>
    /// <param name="Batch">What to write.</param>
    public sealed record Commit(StoreBatch Batch) : NodeEffect, IChainEffect;

    /// <summary>More work is waiting: call again with <see cref="NodeInput.Continued"/> when nothing more urgent is there.</summary>
    public sealed record Continue : NodeEffect, IChainEffect;

    /// <summary>Run a job beside the machines, a search on a thread of its own; <see cref="NodeInput.JobDone"/> follows.</summary>
    /// <param name="Id">A number that the producer chose, and that comes back.</param>
    /// <param name="Work">What to do.</param>
    public sealed record StartJob(JobId Id, IProducerJob Work) : NodeEffect, IProducerEffect;

    /// <summary>Cancel a job; <see cref="NodeInput.JobDone"/> still follows.</summary>
    /// <param name="Id">The job's number.</param>
    public sealed record CancelJob(JobId Id) : NodeEffect, IProducerEffect;

    /// <summary>Set a timer, or move it; <see cref="NodeInput.TimerFired"/> follows.</summary>
    /// <param name="Timer">The timer.</param>
    /// <param name="At">When it fires, by the steady clock; for a time of the wall clock see <see cref="NodeTime.NextLookFor"/>.</param>
    public sealed record SetTimer(TimerId Timer, SteadyTime At) : NodeEffect, IProducerEffect, IPeerEffect;

    /// <summary>Send a message to the other nodes' producers.</summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="Content">Its bytes.</param>
    /// <param name="Block">A block that travels beside it, where the topic allows one.</param>
    /// <param name="To">The peer that it is for, as where that has asked again; all by default, and where the peer is gone.</param>
    public sealed record Send(string Topic, ReadOnlyMemory<byte> Content, HashedBlock? Block = null, PeerId To = default) : NodeEffect, IProducerEffect, IPeerInput;

    /// <summary>
    /// A message was judged: exactly once, but for <see cref="MessageVerdict.Later"/>, which is followed by one more unless the node
    /// stops before. What is accepted is to be passed on, as its topic says.
    /// </summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="Key">What it says one thing about; <c>null</c> where it was not accepted.</param>
    /// <param name="From">Who sent it.</param>
    /// <param name="Content">Its bytes.</param>
    /// <param name="Block">The block that came beside it, or <c>null</c>.</param>
    /// <param name="Verdict">What was concluded.</param>
    /// <param name="Blame">What it proves against the sender.</param>
    public sealed record MessageJudged(
        string Topic, TopicKey? Key, PeerId From, ReadOnlyMemory<byte> Content, HashedBlock? Block, MessageVerdict Verdict, Blame Blame) : NodeEffect, IPeerInput;

    /// <summary>Announce a new tip to other nodes.</summary>
    /// <param name="Block">The tip.</param>
    public sealed record AnnounceBlock(HashedBlock Block) : NodeEffect;

    /// <summary>Announce a transaction that joined the pool to other nodes.</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record AnnounceTransaction(HashedTransaction Transaction) : NodeEffect;

    /// <summary>Ask a peer for a block: others build on it, the copies that were at hand were bad, or it wins and only its header is here. A node with a peer machine leaves it to that.</summary>
    /// <param name="Missing">The block that is missing.</param>
    /// <param name="Child">The block that builds on it and was refused for want of it; comes again after it. <c>null</c> for none.</param>
    /// <param name="From">The peer that has it, or that sent <paramref name="Child"/>; oneself where any peer may have it.</param>
    public sealed record FetchBlock(BlockId Missing, HashedBlock? Child, PeerId From) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>A block was judged as far as that can be done at once. Each that arrives has this answer, and where it is pending exactly one more: <see cref="BlockSettled"/>.</summary>
    /// <param name="Block">The block, this copy of it.</param>
    /// <param name="From">Who sent it.</param>
    /// <param name="Verdict">What was concluded. Valid and not pending: a block of this identity is here already.</param>
    /// <param name="Blame">What it proves against the sender.</param>
    /// <param name="IsPending">Whether the block is kept, to be proven, executed or outweighed.</param>
    public sealed record BlockJudged(HashedBlock Block, PeerId From, Verdict Verdict, Blame Blame, bool IsPending) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>
    /// The second and last answer to a block: valid when it is part of the best chain, durably, for the first time; otherwise why it
    /// was given up. There is none when the node stops before.
    /// </summary>
    /// <param name="Block">The block, this copy of it.</param>
    /// <param name="From">Who sent it.</param>
    /// <param name="Verdict">What was concluded.</param>
    /// <param name="Blame">What it proves against the sender.</param>
    public sealed record BlockSettled(HashedBlock Block, PeerId From, Verdict Verdict, Blame Blame) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>A header that came without its body was judged.</summary>
    /// <param name="Id">The block's identity.</param>
    /// <param name="From">Who sent it.</param>
    /// <param name="Verdict">What was concluded. Valid: it weighs, or will.</param>
    /// <param name="Blame">What it proves against the sender.</param>
    public sealed record HeaderJudged(BlockId Id, PeerId From, Verdict Verdict, Blame Blame) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>A transaction was judged.</summary>
    /// <param name="Ticket">The number under which it arrived.</param>
    /// <param name="From">Who sent it.</param>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="Admission">Whether it is in the pool now, waits there, or why neither.</param>
    public sealed record TransactionJudged(long Ticket, PeerId From, HashedTransaction Transaction, Admission Admission) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>
    /// A transaction has come into the pool, or has moved between those that are ready and those that wait. With
    /// <see cref="TransactionDropped"/> and <see cref="TipMoved"/> this is all that can happen to it. What a block gives back
    /// is reported before the <see cref="TipMoved"/> that disconnects the block, which waits for its commit.
    /// </summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="From">Where it was.</param>
    /// <param name="To">Where it is: <see cref="PoolStatus.Ready"/> or <see cref="PoolStatus.Waiting"/>.</param>
    /// <param name="Admission">Accepted, or what it waits for.</param>
    public sealed record TransactionMoved(HashedTransaction Transaction, PoolStatus From, PoolStatus To, Admission Admission) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>A transaction has left the pool without being confirmed, or does not return to it from a block that was disconnected.</summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="Admission">Why.</param>
    /// <param name="ReplacedBy">The transaction that has taken its place, in the pool or in a block, where that is the reason.</param>
    public sealed record TransactionDropped(HashedTransaction Transaction, Admission Admission, TransactionId? ReplacedBy) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>The best chain has another tip, durably. Blocks are only disconnected without others in their place by a revert.</summary>
    /// <param name="Disconnected">Blocks that are no longer part of it, the highest first.</param>
    /// <param name="Connected">Blocks that are part of it now, the lowest first.</param>
    /// <param name="Tip">The tip; the last of <paramref name="Connected"/> where there is one.</param>
    /// <param name="State">What the rule carries on after the new tip.</param>
    /// <param name="FinalHeight">The height up to which the chain can no longer change.</param>
    /// <param name="Ticket">The ticket of the <see cref="NodeInput.RevertRequested"/> that this answers, or <c>null</c>.</param>
    public sealed record TipMoved(
        ImmutableArray<HashedBlock> Disconnected, ImmutableArray<HashedBlock> Connected, HashedBlock Tip, RuleState State, ulong FinalHeight, long? Ticket) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>A <see cref="NodeInput.RevertRequested"/> cannot be done; nothing has changed.</summary>
    /// <param name="Ticket">The ticket under which it was asked for.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record RevertRefused(long Ticket, string Reason) : NodeEffect, IChainEffect;

    /// <summary>
    /// A branch that wins was refused, since what this node would have to undo for it was pruned, or is more than its owner
    /// allows (<see cref="ChainOptions.MaxReorganization"/>): it stays on a chain that others may have left. Its owner can only
    /// allow more, or fetch the chain anew.
    /// </summary>
    /// <param name="Tip">The branch's end.</param>
    /// <param name="Weight">The weight of the chain up to it.</param>
    /// <param name="ForkHeight">The height of the last block that both chains share.</param>
    /// <param name="First">The branch's first block that was not taken: whatever stands on it is refused, too.</param>
    /// <param name="Limit">Which branches this node still takes, for people.</param>
    public sealed record BranchRefused(HeaderView Tip, Work Weight, ulong ForkHeight, BlockId First, string Limit) : NodeEffect, IChainEffect, IPeerInput;

    /// <summary>
    /// What is known of a chain whose ruleset this software does not know has changed, durably. Where it stops the node,
    /// <see cref="Halted"/> follows.
    /// </summary>
    /// <param name="Noted">The heaviest such chain, or <c>null</c> when the known one has left it behind.</param>
    public sealed record UnknownRulesetNoted(UnknownRuleset? Noted) : NodeEffect, IChainEffect;

    /// <summary>Nothing is accepted any more; what was acknowledged before stands.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Halted(HaltReason Reason) : NodeEffect, IChainEffect;

    /// <summary>What the peer machine sends into the network: the assembly that implements it derives its own kinds, which the node passes on unread.</summary>
    public abstract record ToNetwork : NodeEffect, IPeerEffect;
}
