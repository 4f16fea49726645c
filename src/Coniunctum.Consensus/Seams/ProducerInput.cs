using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What a producer hears of the chain beside it, and of what the node has judged for it. It never leaves the node.</summary>
public abstract record ProducerInput : IProducerInput
{
    private ProducerInput()
    {
    }

    /// <summary>The best chain has another tip, durably; also the tip with which the node starts.</summary>
    /// <param name="Tip">The tip.</param>
    /// <param name="State">What the rule carries on after it.</param>
    /// <param name="PoolCount">How many transactions wait in the pool.</param>
    public sealed record TipChanged(HeaderView Tip, RuleState State, int PoolCount) : ProducerInput, IChainEffect;

    /// <summary>A transaction joined the pool. Most of them only matter to a producer that is waiting for one.</summary>
    public sealed record PoolFilled : ProducerInput;

    /// <summary>
    /// A message of another node's producer that its rule's <see cref="ITopicRule"/> accepts, signatures included; also one that was
    /// here before, or a further content of its key, which is not passed on.
    /// </summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="From">The peer that sent it.</param>
    /// <param name="Content">Its bytes.</param>
    /// <param name="Block">The block that came beside it, or <c>null</c>.</param>
    public sealed record MessageAccepted(string Topic, PeerId From, ReadOnlyMemory<byte> Content, HashedBlock? Block) : ProducerInput;

    /// <summary>A candidate that was asked for by <see cref="ProducerEffect.Prepare"/>.</summary>
    /// <param name="Candidate">The candidate, on the tip of that moment.</param>
    public sealed record Prepared(BlockDraft Candidate) : ProducerInput, IChainEffect, IPeerInput;

    /// <summary>
    /// What was asked for is not to be had: no candidate can be built on the tip, or a block that should have been adopted is not
    /// taken; everything else goes on. The node reports it to its owner. Ask again after a while, by a timer, or when the tip has
    /// moved; at once would be for ever.
    /// </summary>
    /// <param name="Height">The height that the candidate would have had, or the block has.</param>
    /// <param name="Block">The block that is not taken; <c>null</c> where no candidate can be built.</param>
    /// <param name="Verdict">Why. One that is deferred is kept, and taken when its time comes.</param>
    public sealed record Refused(ulong Height, HashedBlock? Block, Verdict Verdict) : ProducerInput, IChainEffect;

    /// <summary>A block was judged that <see cref="ProducerEffect.Judge"/> asked about.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Verdict">
    /// Valid when every rule but finality's accepts it on the tip of this moment; a missing parent when it builds on another
    /// block; unchecked when too many are being judged.
    /// </param>
    public sealed record Judged(HashedBlock Block, Verdict Verdict) : ProducerInput, IChainEffect;
}
