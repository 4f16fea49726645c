using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>The fields of a candidate's header that belong to the consensus rule.</summary>
/// <param name="Height">The candidate's height, fixed.</param>
public record struct HeaderDraft(ulong Height)
{
    /// <summary>What the rule makes of it; under proof-of-work the search replaces it.</summary>
    public ulong Nonce { get; set; }

    /// <summary>What the rule makes of it.</summary>
    public Hash256 Target { get; set; }

    /// <summary>The producer's time; a rule may move it forward, so that it is later than the ancestors' median.</summary>
    public Timestamp Timestamp { get; set; }

    /// <summary>
    /// The earliest time that the producer may write in place of <see cref="Timestamp"/>, where a rule lets it choose; <c>null</c>,
    /// as at first, where it does not.
    /// </summary>
    public Timestamp? EarliestTimestamp { get; set; }
}
