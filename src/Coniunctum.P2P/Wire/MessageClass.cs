namespace Coniunctum.P2P.Wire;

/// <summary>
/// The five classes between whose messages frames alternate, the most urgent first, so that no block delays a vote. The class is
/// the high byte of a message's kind, and thus known of kinds that a newer version adds.
/// </summary>
internal enum MessageClass : byte
{
    /// <summary>A rule's own messages, such as votes.</summary>
    Topics = 0,

    /// <summary>Headers and their announcements.</summary>
    Headers = 1,

    /// <summary>Bodies and certificates.</summary>
    Blocks = 2,

    /// <summary>Transactions.</summary>
    Transactions = 3,

    /// <summary>Everything else: the connection itself, addresses, proofs, snapshots.</summary>
    Rest = 4,
}
