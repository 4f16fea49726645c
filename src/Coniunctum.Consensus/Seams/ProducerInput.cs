using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What happens to a producer.</summary>
public abstract record ProducerInput
{
    private ProducerInput()
    {
    }

    /// <summary>The node has started; the producer's records are back.</summary>
    /// <param name="ChainId">The chain's identity, which belongs under every signature of a message.</param>
    /// <param name="Read">Returns a record that was persisted, or <c>null</c>.</param>
    public sealed record Restored(BlockId ChainId, Func<string, ReadOnlyMemory<byte>?> Read) : ProducerInput;

    /// <summary>The best chain has another tip, durably.</summary>
    /// <param name="Tip">The tip.</param>
    /// <param name="State">What the rule carries on after it.</param>
    /// <param name="PoolCount">How many transactions wait in the pool.</param>
    public sealed record TipChanged(HeaderView Tip, RuleState State, int PoolCount) : ProducerInput;

    /// <summary>A transaction joined the pool. Most of them only matter to a producer that is waiting for one.</summary>
    public sealed record PoolFilled : ProducerInput;

    /// <summary>A candidate that was asked for.</summary>
    /// <param name="Candidate">The candidate, on the tip of that moment.</param>
    public sealed record Prepared(BlockDraft Candidate) : ProducerInput;

    /// <summary>
    /// What was asked for is not to be had: no candidate can be built on the tip, or a block that should have been adopted is not
    /// taken. The owner is told by the node. Ask again after a while, by a timer, or when the tip has moved; at once would be for ever.
    /// </summary>
    /// <param name="Block">The block that is not taken; <c>null</c> where no candidate can be built.</param>
    /// <param name="Verdict">Why. One that is deferred is kept, and taken when its time comes.</param>
    public sealed record Refused(HashedBlock? Block, Verdict Verdict) : ProducerInput;

    /// <summary>A block was judged that <see cref="ProducerEffect.Judge"/> asked about.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Verdict">
    /// Valid when every rule but finality's accepts it on the tip of this moment; a missing parent when it builds on another
    /// block; unchecked when too many are being judged.
    /// </param>
    public sealed record Judged(HashedBlock Block, Verdict Verdict) : ProducerInput;

    /// <summary>A timer has run out.</summary>
    /// <param name="Timer">The name under which it was set.</param>
    public sealed record TimerFired(string Timer) : ProducerInput;

    /// <summary>A message of another node's producer. The node does not know what it means.</summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="From">The node that sent it.</param>
    /// <param name="Content">Its bytes, untrusted.</param>
    public sealed record Message(string Topic, string From, ReadOnlyMemory<byte> Content) : ProducerInput;

    /// <summary>A job has ended.</summary>
    /// <param name="Job">The number under which it was started.</param>
    /// <param name="Result">What it found, or <c>null</c> when it was cancelled or found nothing.</param>
    public sealed record JobDone(long Job, JobResult? Result) : ProducerInput;
}
