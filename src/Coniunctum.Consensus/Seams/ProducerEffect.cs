using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What a producer wants to happen.</summary>
public abstract record ProducerEffect
{
    private ProducerEffect()
    {
    }

    /// <summary>Build a candidate on the tip; <see cref="ProducerInput.Prepared"/> or <see cref="ProducerInput.Refused"/> follows.</summary>
    /// <param name="Receiver">Who gets the reward.</param>
    public sealed record Prepare(Address Receiver) : ProducerEffect;

    /// <summary>
    /// Check a block as if it should be next, signatures and state included, without adopting it and without asking for its
    /// certificate: what a validator does before it votes. <see cref="ProducerInput.Judged"/> follows.
    /// </summary>
    /// <param name="Block">The block; it should build on the tip.</param>
    public sealed record Judge(HashedBlock Block) : ProducerEffect;

    /// <summary>Run a job beside the machines; <see cref="ProducerInput.JobDone"/> follows.</summary>
    /// <param name="Id">A number that the producer chose.</param>
    /// <param name="Work">What to do.</param>
    public sealed record StartJob(long Id, IProducerJob Work) : ProducerEffect;

    /// <summary>Cancel a job; <see cref="ProducerInput.JobDone"/> still follows.</summary>
    /// <param name="Id">The job's number.</param>
    public sealed record CancelJob(long Id) : ProducerEffect;

    /// <summary>Set a timer; <see cref="ProducerInput.TimerFired"/> follows. Setting it again moves it.</summary>
    /// <param name="Timer">Its name.</param>
    /// <param name="At">When it fires.</param>
    public sealed record SetTimer(string Timer, Timestamp At) : ProducerEffect;

    /// <summary>Send a message to the other nodes' producers.</summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="Content">Its bytes.</param>
    public sealed record Send(string Topic, ReadOnlyMemory<byte> Content) : ProducerEffect;

    /// <summary>Write a record durably. Effects that follow wait for it.</summary>
    /// <param name="Key">The record's key.</param>
    /// <param name="Value">Its bytes.</param>
    public sealed record Persist(string Key, ReadOnlyMemory<byte> Value) : ProducerEffect;

    /// <summary>
    /// Treat a block like one that a peer sent: checked by every rule before it joins the chain. When it does not,
    /// <see cref="ProducerInput.Refused"/> follows.
    /// </summary>
    /// <param name="Block">The block, with its certificate if there is one.</param>
    public sealed record Adopt(HashedBlock Block) : ProducerEffect;
}
