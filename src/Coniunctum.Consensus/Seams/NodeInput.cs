using System.Collections.Immutable;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>
/// What reaches a node from outside: what its users, peers, clock, store and workers say. The interfaces of each kind name the
/// machines within the node that take it.
/// </summary>
public abstract record NodeInput
{
    private NodeInput()
    {
    }

    /// <summary>All stored blocks were restored: the node begins to take part.</summary>
    /// <param name="ChainId">The chain's identity, which belongs under every signature of a message.</param>
    /// <param name="ReadRecord">Returns a record that a producer has persisted, or <c>null</c>.</param>
    public sealed record Started(BlockId ChainId, Func<RecordKey, ReadOnlyMemory<byte>?> ReadRecord) : NodeInput, IChainInput, IProducerInput, IPeerInput;

    /// <summary>A block of a peer, of a user, or of one's own producer: checked by every rule. <see cref="NodeEffect.BlockJudged"/> follows, and where that is pending <see cref="NodeEffect.BlockSettled"/>.</summary>
    /// <param name="Block">The block, decoded and hashed.</param>
    /// <param name="From">The peer that sent it, which is charged for what it makes this node keep, blamed for what it proves, and asked for its missing parent; by default oneself.</param>
    public sealed record BlockArrived(HashedBlock Block, PeerId From = default) : NodeInput, IChainInput, IPeerEffect;

    /// <summary>
    /// A header of a peer without its body, of a block beside the best chain: where the fork choice weighs such blocks it comes to weigh
    /// once a proven header 100 higher is known. <see cref="NodeEffect.HeaderJudged"/> follows.
    /// </summary>
    /// <param name="Header">The header, decoded and hashed.</param>
    /// <param name="Certificate">The certificate, where one came along.</param>
    /// <param name="From">The peer that sent it, which is blamed for what it proves.</param>
    public sealed record HeaderArrived(HeaderView Header, ReadOnlyMemory<byte>? Certificate, PeerId From) : NodeInput, IChainInput, IPeerEffect;

    /// <summary>A transaction of a peer or of one's own user. <see cref="NodeEffect.TransactionJudged"/> follows.</summary>
    /// <param name="Ticket">Comes back with the verdict.</param>
    /// <param name="Transaction">The transaction, decoded and hashed.</param>
    /// <param name="MayWait">
    /// Whether it is kept for a while when its sender lacks the balance or when it is too early: right for what other nodes
    /// relay, who may know more; a user would rather hear at once.
    /// </param>
    /// <param name="From">The peer that sent it, which is charged for its place while its signature is checked; by default oneself.</param>
    public sealed record TransactionArrived(long Ticket, HashedTransaction Transaction, bool MayWait = false, PeerId From = default) : NodeInput, IChainInput, IPeerEffect;

    /// <summary>
    /// The pool of an earlier run, after <see cref="Started"/>: every transaction is checked again, its signature too, in batches.
    /// <see cref="NodeEffect.TransactionMoved"/> reports what is kept, <see cref="NodeEffect.TransactionDropped"/> what is not.
    /// </summary>
    /// <param name="Transactions">What <see cref="PoolArchive.Decode"/> gave.</param>
    public sealed record PoolRestored(ImmutableArray<HashedTransaction> Transactions) : NodeInput, IChainInput;

    /// <summary>
    /// The chain should end at one of its older blocks again, as if what came after had never been: for chains of one's own. The
    /// answer is <see cref="NodeEffect.RevertRefused"/>, or a <see cref="NodeEffect.TipMoved"/> with the ticket.
    /// </summary>
    /// <param name="Ticket">Comes back with the answer.</param>
    /// <param name="Block">A block of the best chain.</param>
    public sealed record RevertRequested(long Ticket, BlockId Block) : NodeInput, IChainInput;

    /// <summary>A message of another node's producer. The node does not know what it means; its rule's <see cref="ITopicRule"/> does. <see cref="NodeEffect.MessageJudged"/> follows.</summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="From">The peer that sent it.</param>
    /// <param name="Content">Its bytes, untrusted.</param>
    /// <param name="Block">The block that came beside it, decoded and hashed; or <c>null</c>.</param>
    public sealed record MessageArrived(string Topic, PeerId From, ReadOnlyMemory<byte> Content, HashedBlock? Block = null) : NodeInput, IPeerEffect;

    /// <summary>A timer has run out.</summary>
    /// <param name="Timer">The timer that was set.</param>
    public sealed record TimerFired(TimerId Timer) : NodeInput, IProducerInput, IPeerInput;

    /// <summary>A job has ended.</summary>
    /// <param name="Job">The job that was started.</param>
    /// <param name="Result">What it found, or <c>null</c> when it was cancelled or found nothing.</param>
    public sealed record JobDone(JobId Job, JobResult? Result) : NodeInput, IProducerInput;

    /// <summary>The answer to a <see cref="NodeEffect.VerifySignatures"/>.</summary>
    /// <param name="Job">The job's number.</param>
    /// <param name="Answers">One answer for each claim, in order.</param>
    public sealed record SignaturesVerified(JobId Job, ImmutableArray<RecoveredSigner> Answers) : NodeInput, IChainInput;

    /// <summary>The oldest <see cref="NodeEffect.Commit"/> that was not answered yet is durable.</summary>
    public sealed record Committed : NodeInput, IChainInput;

    /// <summary>A <see cref="NodeEffect.Commit"/> has failed, or may have, or work beside the machine has: the node stops.</summary>
    /// <param name="Reason">What has failed.</param>
    public sealed record Failed(HaltReason Reason) : NodeInput, IChainInput;

    /// <summary>The answer to a <see cref="NodeEffect.Continue"/>.</summary>
    public sealed record Continued : NodeInput, IChainInput;

    /// <summary>What reaches the peer machine from the network: the assembly that implements it derives its own kinds, which the node passes on unread.</summary>
    public abstract record FromNetwork : NodeInput, IPeerInput
    {
        /// <summary>Whose connection it came by, which is charged for what waits.</summary>
        public abstract PeerId From { get; }

        /// <summary>How many bytes it holds while it waits for its step.</summary>
        public abstract int Size { get; }

        /// <summary>What it is to the queue of inputs. Default: a message.</summary>
        public virtual InputKind Kind => InputKind.Message;
    }
}
