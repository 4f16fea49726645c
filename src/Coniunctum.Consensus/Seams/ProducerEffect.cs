using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What a producer wants of the chain beside it and of its records. It never leaves the node as such.</summary>
public abstract record ProducerEffect : IProducerEffect
{
    private ProducerEffect()
    {
    }

    /// <summary>
    /// Build a candidate on the tip; <see cref="ProducerInput.Prepared"/> or <see cref="ProducerInput.Refused"/> follows, in a later
    /// step: blocks and answers that wait come first, and the durable commit of a tip that is on its way. When the tip changes before,
    /// <see cref="ProducerInput.TipChanged"/> takes the answer's place; of two requests only the later one is answered.
    /// </summary>
    /// <param name="Receiver">Who gets the reward.</param>
    public sealed record Prepare(Address Receiver) : ProducerEffect, IChainInput
    {
        /// <summary>
        /// Its first 24 bytes are where the free bytes of the reward's tag begin. The node sets it, whatever it was: it must differ
        /// from request to request, and be unknown to others beforehand. Where tags are remembered for ever, one that is known can
        /// be used up by someone else.
        /// </summary>
        public Hash256 ExtraNonce { get; init; }
    }

    /// <summary>
    /// Check a block as if it should be next, signatures and state included, without adopting it and without asking for its
    /// certificate: what a validator does before it votes. <see cref="ProducerInput.Judged"/> follows.
    /// </summary>
    /// <param name="Block">The block; it should build on the tip.</param>
    public sealed record Judge(HashedBlock Block) : ProducerEffect, IChainInput;

    /// <summary>Write a record durably. Effects that follow wait for it.</summary>
    /// <param name="Key">The record's key.</param>
    /// <param name="Value">Its bytes.</param>
    public sealed record Persist(RecordKey Key, ReadOnlyMemory<byte> Value) : ProducerEffect;

    /// <summary>
    /// Treat a block like one that a peer sent: checked by every rule before it joins the chain. When it does not,
    /// <see cref="ProducerInput.Refused"/> follows.
    /// </summary>
    /// <param name="Block">The block, with its certificate if there is one.</param>
    public sealed record Adopt(HashedBlock Block) : ProducerEffect;
}
