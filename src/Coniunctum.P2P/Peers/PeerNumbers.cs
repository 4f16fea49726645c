using Coniunctum.Consensus;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// The numbers under which the machine asks. None is used twice in a run: the answer to a question of a machine that has been replaced
/// is then never taken for the answer to one of its successor.
/// </summary>
internal sealed class PeerNumbers
{
    /// <summary>Below the tickets of submissions, and above those of what is relayed and of what this node's users submit.</summary>
    public const long FirstTicket = 1L << 62;

    private long _jobs;
    private long _tickets = FirstTicket;

    /// <summary>Returns the number of a question to the store.</summary>
    public JobId NextJob() => new(++_jobs);

    /// <summary>Returns the ticket of a transaction that a peer submits as its own.</summary>
    public long NextTicket() => ++_tickets;
}
